#include <math.h>

#include "tono_kernels.h"

// The part of one output cell's window that lies inside the input, in input cells.
typedef struct {
  int32_t top, bottom, left, right;
} tono_box;

static tono_box tono_window_box(tono_window w, int32_t r, int32_t c) {
  tono_box box = {r * w.stride_rows - w.pad_top, 0, c * w.stride_columns - w.pad_left, 0};
  box.bottom = box.top + w.kernel_rows;
  box.right = box.left + w.kernel_columns;
  if (box.top < 0) box.top = 0;
  if (box.left < 0) box.left = 0;
  if (box.bottom > w.rows) box.bottom = w.rows;
  if (box.right > w.columns) box.right = w.columns;
  return box;
}

void tono_max_pool(const float *restrict input, int32_t channels, tono_window w,
                   float *restrict output) {
  for (int32_t channel = 0; channel < channels; channel++) {
    const float *map = input + (int64_t)channel * w.rows * w.columns;
    for (int32_t r = 0; r < w.out_rows; r++) {
      for (int32_t c = 0; c < w.out_columns; c++) {
        tono_box box = tono_window_box(w, r, c);
        float best = -INFINITY;
        for (int32_t i = box.top; i < box.bottom; i++) {
          for (int32_t j = box.left; j < box.right; j++) {
            float value = map[(int64_t)i * w.columns + j];
            // A NaN wins, so that it is seen further on.
            if (value > best || value != value) best = value;
          }
        }
        *output++ = best;
      }
    }
  }
}

void tono_max_pool_backward_add(const float *restrict d_output, const float *restrict input,
                                int32_t channels, tono_window w, float *restrict d_input) {
  for (int32_t channel = 0; channel < channels; channel++) {
    const int64_t start = (int64_t)channel * w.rows * w.columns;
    const float *map = input + start;
    for (int32_t r = 0; r < w.out_rows; r++) {
      for (int32_t c = 0; c < w.out_columns; c++) {
        float gradient = *d_output++;
        if (gradient == 0) continue;
        tono_box box = tono_window_box(w, r, c);
        float best = -INFINITY;
        int64_t winner = (int64_t)box.top * w.columns + box.left;
        for (int32_t i = box.top; i < box.bottom; i++) {
          for (int32_t j = box.left; j < box.right; j++) {
            int64_t cell = (int64_t)i * w.columns + j;
            if (map[cell] > best) {
              best = map[cell];
              winner = cell;
            }
          }
        }
        d_input[start + winner] += gradient;
      }
    }
  }
}

void tono_average_pool(const float *restrict input, int32_t channels, tono_window w,
                       float *restrict output) {
  for (int32_t channel = 0; channel < channels; channel++) {
    const float *map = input + (int64_t)channel * w.rows * w.columns;
    for (int32_t r = 0; r < w.out_rows; r++) {
      for (int32_t c = 0; c < w.out_columns; c++) {
        tono_box box = tono_window_box(w, r, c);
        float sum = 0;
        for (int32_t i = box.top; i < box.bottom; i++) {
          for (int32_t j = box.left; j < box.right; j++) sum += map[(int64_t)i * w.columns + j];
        }
        *output++ = sum / (float)((box.bottom - box.top) * (box.right - box.left));
      }
    }
  }
}

void tono_average_pool_backward_add(const float *restrict d_output, int32_t channels,
                                    tono_window w, float *restrict d_input) {
  for (int32_t channel = 0; channel < channels; channel++) {
    float *map = d_input + (int64_t)channel * w.rows * w.columns;
    for (int32_t r = 0; r < w.out_rows; r++) {
      for (int32_t c = 0; c < w.out_columns; c++) {
        tono_box box = tono_window_box(w, r, c);
        float share = *d_output++ / (float)((box.bottom - box.top) * (box.right - box.left));
        for (int32_t i = box.top; i < box.bottom; i++) {
          for (int32_t j = box.left; j < box.right; j++) map[(int64_t)i * w.columns + j] += share;
        }
      }
    }
  }
}
