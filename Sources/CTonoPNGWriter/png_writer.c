#include "tono_png_writer.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  uint8_t *bytes;
  size_t count;
  size_t capacity;
} buffer;

static void append(png_structp png, png_bytep data, size_t length) {
  buffer *out = png_get_io_ptr(png);
  if (length > out->capacity - out->count) {
    size_t capacity = 2 * out->capacity + length + 4096;
    uint8_t *bytes = realloc(out->bytes, capacity);
    if (!bytes) png_error(png, "out of memory");
    out->bytes = bytes;
    out->capacity = capacity;
  }
  memcpy(out->bytes + out->count, data, length);
  out->count += length;
}

static void flush(png_structp png) { (void)png; }

static void fail(png_structp png, png_const_charp words) {
  char *message = png_get_error_ptr(png);
  strncpy(message, words, TONO_PNG_MESSAGE_SIZE - 1);
  message[TONO_PNG_MESSAGE_SIZE - 1] = 0;
  png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp words) {
  (void)png;
  (void)words;
}

static void write_texts(png_structp png, png_infop info, const tono_png_picture *picture) {
  for (int32_t i = 0; i < picture->text_count; i++) {
    png_text text;
    memset(&text, 0, sizeof text);
    text.compression = PNG_ITXT_COMPRESSION_NONE;
    text.key = (png_charp)picture->texts[i].keyword;
    text.text = (png_charp)picture->texts[i].text;
    png_set_text(png, info, &text, 1);
  }
}

static void write_picture(png_structp png, png_infop info, const tono_png_picture *picture) {
  int indexed = picture->palette != NULL;
  png_set_IHDR(png, info, picture->width, picture->height, 8,
               indexed ? PNG_COLOR_TYPE_PALETTE : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (indexed) {
    png_set_PLTE(png, info, (png_const_colorp)picture->palette, picture->palette_count);
  }
  png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
  if (picture->pixels_per_metre) {
    png_set_pHYs(png, info, picture->pixels_per_metre, picture->pixels_per_metre,
                 PNG_RESOLUTION_METER);
  }
  png_set_compression_level(png, 6);
  png_set_filter(png, PNG_FILTER_TYPE_BASE,
                 picture->is_filtered ? PNG_FILTER_SUB | PNG_FILTER_UP : PNG_FILTER_NONE);
  write_texts(png, info, picture);
  png_write_info(png, info);
  size_t stride = (size_t)picture->width * (indexed ? 1 : 3);
  for (uint32_t row = 0; row < picture->height; row++) {
    png_write_row(png, picture->pixels + row * stride);
  }
  png_write_end(png, info);
}

int32_t tono_png_write(const tono_png_picture *picture, uint8_t **bytes, size_t *count,
                       char message[TONO_PNG_MESSAGE_SIZE]) {
  strcpy(message, "out of memory");
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, fail, ignore);
  if (!png) return 0;
  png_infop info = png_create_info_struct(png);
  // Not a local value: a long jump would leave it undefined.
  buffer *out = calloc(1, sizeof *out);
  if (!info || !out || setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    if (out) free(out->bytes);
    free(out);
    return 0;
  }
  png_set_write_fn(png, out, append, flush);
  write_picture(png, info, picture);
  png_destroy_write_struct(&png, &info);
  *bytes = out->bytes;
  *count = out->count;
  free(out);
  return 1;
}

void tono_png_free(uint8_t *bytes) { free(bytes); }
