#include <string.h>

#include "tono_kernels.h"

// The output columns first ..< last whose window cell at column offset `offset` lies in the input.
static void tono_inside(tono_window w, int32_t offset, int32_t *first, int32_t *last) {
  int32_t low = -offset, high = w.columns - offset;  // low <= c · stride < high
  *first = low <= 0 ? 0 : (low + w.stride_columns - 1) / w.stride_columns;
  *last = high <= 0 ? 0 : (high + w.stride_columns - 1) / w.stride_columns;
  if (*last > w.out_columns) *last = w.out_columns;
  if (*first > *last) *first = *last;
}

void tono_im2col(const float *restrict input, int32_t channels, tono_window w, int32_t first_row,
                 int32_t row_count, float *restrict patches) {
  for (int32_t channel = 0; channel < channels; channel++) {
    const float *map = input + (int64_t)channel * w.rows * w.columns;
    for (int32_t kr = 0; kr < w.kernel_rows; kr++) {
      for (int32_t kc = 0; kc < w.kernel_columns; kc++) {
        int32_t first, last, offset = kc * w.dilation_columns - w.pad_left;
        tono_inside(w, offset, &first, &last);
        for (int32_t r = 0; r < row_count; r++, patches += w.out_columns) {
          int32_t row = (first_row + r) * w.stride_rows + kr * w.dilation_rows - w.pad_top;
          if (row < 0 || row >= w.rows || first == last) {
            memset(patches, 0, sizeof(float) * (size_t)w.out_columns);
            continue;
          }
          const float *source = map + (int64_t)row * w.columns + offset;
          for (int32_t c = 0; c < first; c++) patches[c] = 0;
          if (w.stride_columns == 1) {
            memcpy(patches + first, source + first, sizeof(float) * (size_t)(last - first));
          } else {
            for (int32_t c = first; c < last; c++) patches[c] = source[c * w.stride_columns];
          }
          for (int32_t c = last; c < w.out_columns; c++) patches[c] = 0;
        }
      }
    }
  }
}

void tono_col2im_add(const float *restrict d_patches, int32_t channels, tono_window w,
                     int32_t first_row, int32_t row_count, float *restrict d_input) {
  for (int32_t channel = 0; channel < channels; channel++) {
    float *map = d_input + (int64_t)channel * w.rows * w.columns;
    for (int32_t kr = 0; kr < w.kernel_rows; kr++) {
      for (int32_t kc = 0; kc < w.kernel_columns; kc++) {
        int32_t first, last, offset = kc * w.dilation_columns - w.pad_left;
        tono_inside(w, offset, &first, &last);
        for (int32_t r = 0; r < row_count; r++, d_patches += w.out_columns) {
          int32_t row = (first_row + r) * w.stride_rows + kr * w.dilation_rows - w.pad_top;
          if (row < 0 || row >= w.rows) continue;
          float *target = map + (int64_t)row * w.columns + offset;
          if (w.stride_columns == 1) {
            for (int32_t c = first; c < last; c++) target[c] += d_patches[c];
          } else {
            for (int32_t c = first; c < last; c++) target[c * w.stride_columns] += d_patches[c];
          }
        }
      }
    }
  }
}
