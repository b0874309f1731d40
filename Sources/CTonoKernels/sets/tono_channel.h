// One output channel of a convolution: dot products forward, sums of weights backward.
#pragma once

#include "tono_scatter.h"

TONO_INLINE float tono_sum(const tono_v8 *v) {
  const tono_v4 four = v->lo + v->hi;
  return (four[0] + four[1]) + (four[2] + four[3]);
}

// The dot products of `count` runs that begin `step` floats apart with the same weights.
TONO_INLINE void tono_dots(const tono_convolution *c, const float *x, const float *weights,
                           int64_t step, const int32_t count, float *y) {
  const int32_t run = c->kernel_columns * c->input_cell;
  tono_v8 sums[4][2] = {{0}};
  float rest[4] = {0};
  for (int32_t kr = 0; kr < c->kernel_rows; kr++, weights += run) {
    const float *cells = x + (int64_t)kr * c->dilation_rows * c->input_pitch;
    int32_t j = 0;
    for (; j + 16 <= run; j += 16) {
      const tono_v8 w0 = tono_load8(weights + j), w1 = tono_load8(weights + j + 8);
      TONO_UNROLL for (int32_t p = 0; p < count; p++) {
        sums[p][0] += tono_load8(cells + p * step + j) * w0;
        sums[p][1] += tono_load8(cells + p * step + j + 8) * w1;
      }
    }
    for (; j + 8 <= run; j += 8) {
      const tono_v8 w = tono_load8(weights + j);
      TONO_UNROLL for (int32_t p = 0; p < count; p++) {
        sums[p][0] += tono_load8(cells + p * step + j) * w;
      }
    }
    for (; j < run; j++) {
      TONO_UNROLL for (int32_t p = 0; p < count; p++) rest[p] += cells[p * step + j] * weights[j];
    }
  }
  TONO_UNROLL for (int32_t p = 0; p < count; p++) {
    sums[p][0] += sums[p][1];
    y[p] = tono_sum(&sums[p][0]) + rest[p];
  }
}

static void tono_convolve_channel(const tono_convolution *c, const float *input,
                                  const float *weights, float bias, tono_rows rows,
                                  int32_t columns, float *output) {
  const int64_t step = c->stride_columns * c->input_cell;
  for (int32_t r = rows.first; r < rows.first + rows.count; r++) {
    const float *x = input + (int64_t)r * c->stride_rows * c->input_pitch;
    float *y = output + r * c->output_pitch;
    int32_t k = 0;
    for (; k + 4 <= columns; k += 4) tono_dots(c, x + k * step, weights, step, 4, y + k);
    for (; k < columns; k++) tono_dots(c, x + k * step, weights, step, 1, y + k);
    for (k = 0; k < columns; k++) {
      y[k] += bias;
      if (c->rectifies && !(y[k] > 0)) y[k] = 0;
    }
  }
}

static void tono_scatter_channel(const tono_convolution *c, const float *d_output,
                                 const float *output, const float *weights, int32_t output_rows,
                                 int32_t columns, tono_rows rows, float *d_input) {
  const int32_t run = c->kernel_columns * c->input_cell;
  for (int32_t kr = 0; kr < c->kernel_rows; kr++, weights += run) {
    for (int32_t r = 0; r < output_rows; r++) {
      const int32_t row = r * c->stride_rows + kr * c->dilation_rows;
      if (row < rows.first || row >= rows.first + rows.count) continue;
      for (int32_t k = 0; k < columns; k++) {
        const float gradient = tono_gradient(c, d_output, output, r * c->output_pitch + k);
        if (gradient == 0) continue;
        float *d = d_input + row * c->input_pitch + (int64_t)k * c->stride_columns * c->input_cell;
        int32_t j = 0;
        for (; j + 8 <= run; j += 8) {
          tono_store8(d + j, tono_load8(d + j) + tono_load8(weights + j) * gradient);
        }
        for (; j < run; j++) d[j] += weights[j] * gradient;
      }
    }
  }
}
