#ifndef TONO_PNG_WRITER_H
#define TONO_PNG_WRITER_H

#include <stddef.h>
#include <stdint.h>

/// A line of provenance: a Latin-1 keyword and UTF-8 text, both NUL-terminated.
typedef struct {
  const char *keyword;
  const char *text;
} tono_png_text;

/// A picture of 8 bits a channel, rows from the top and without padding.
typedef struct {
  uint32_t width;
  uint32_t height;
  /// RGB triples [height, width, 3], or palette indices [height, width] if there is a palette.
  const uint8_t *pixels;
  /// RGB triples of the palette, or none.
  const uint8_t *palette;
  int32_t palette_count;
  /// Pixels a metre, or 0 to leave it unsaid.
  uint32_t pixels_per_metre;
  /// Whether rows are written as differences from the pixels to the left or above.
  int32_t is_filtered;
  const tono_png_text *texts;
  int32_t text_count;
} tono_png_picture;

enum { TONO_PNG_MESSAGE_SIZE = 128 };

/// Encodes a picture with libpng into memory that `tono_png_free` frees.
///
/// Returns 1, or 0 with libpng's words in `message`. libpng reports errors by a long jump, which
/// must not cross Swift frames: it starts and lands inside this function.
int32_t tono_png_write(const tono_png_picture *picture, uint8_t **bytes, size_t *count,
                       char message[TONO_PNG_MESSAGE_SIZE]);

/// Frees what `tono_png_write` made.
void tono_png_free(uint8_t *bytes);

#endif
