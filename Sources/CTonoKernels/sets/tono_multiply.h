// Matrix products whose columns are all summed alike.
#pragma once

#include "tono_vectors.h"

// Columns of a tile: one register of AVX-512, two of AVX2.
#define TONO_COLUMNS 16
// Outputs of a tile: their sums and what they are made of fit the 16 registers of AVX2.
#define TONO_OUTPUTS 6
// Rows of x that stay in the first-level cache while all outputs use them: 16 KiB of a tile.
#define TONO_INPUTS 256
// Rows of x that are asked for before they are needed.
#define TONO_AHEAD 12

typedef float tono_vector __attribute__((vector_size(sizeof(float) * TONO_COLUMNS)));

// Adds to `outputs` rows of y, over `lanes` columns, what `inputs` rows of x contribute.
TONO_INLINE void tono_multiply_tile(
    const float *weights, int64_t output_stride, int64_t input_stride, const int32_t outputs,
    int32_t inputs, const float *x, int64_t x_length, float *y, int64_t y_length,
    const size_t lanes) {
  tono_vector sums[TONO_OUTPUTS] = {{0}};
  for (int32_t o = 0; o < outputs; o++) memcpy(&sums[o], y + o * y_length, lanes * sizeof(float));
  for (int32_t i = 0; i < inputs; i++, x += x_length, weights += input_stride) {
    tono_vector column = {0};
    memcpy(&column, x, lanes * sizeof(float));
    __builtin_prefetch(x + TONO_AHEAD * x_length);
    for (int32_t o = 0; o < outputs; o++) sums[o] += weights[o * output_stride] * column;
  }
  for (int32_t o = 0; o < outputs; o++) memcpy(y + o * y_length, &sums[o], lanes * sizeof(float));
}

// All rows of y over `lanes` columns, block by block of x.
TONO_INLINE void tono_multiply_columns(
    const float *weights, int64_t output_stride, int64_t input_stride, int32_t outputs,
    int32_t inputs, const float *bias, const float *x, int64_t x_length, float *y,
    int64_t y_length, const size_t lanes) {
  for (int32_t o = 0; o < outputs; o++) memset(y + o * y_length, 0, lanes * sizeof(float));
  for (int32_t first = 0; first < inputs; first += TONO_INPUTS) {
    const int32_t count = inputs - first < TONO_INPUTS ? inputs - first : TONO_INPUTS;
    const float *block = weights + first * input_stride;
    const float *rows = x + first * x_length;
    int32_t o = 0;
    for (; o + TONO_OUTPUTS <= outputs; o += TONO_OUTPUTS) {
      tono_multiply_tile(block + o * output_stride, output_stride, input_stride, TONO_OUTPUTS,
                         count, rows, x_length, y + o * y_length, y_length, lanes);
    }
    for (; o < outputs; o++) {
      tono_multiply_tile(block + o * output_stride, output_stride, input_stride, 1, count, rows,
                         x_length, y + o * y_length, y_length, lanes);
    }
  }
  // The bias comes last: a partial sum rounds less while it is small.
  for (int32_t o = 0; bias && o < outputs; o++) {
    for (size_t lane = 0; lane < lanes; lane++) y[o * y_length + lane] += bias[o];
  }
}

static void tono_multiply(const float *weights, int64_t output_stride, int64_t input_stride,
                   int32_t outputs, int32_t inputs, const float *bias, const float *x,
                   int64_t x_length, float *y, int64_t y_length, int32_t columns) {
  if (columns < TONO_COLUMNS) {
    tono_multiply_columns(weights, output_stride, input_stride, outputs, inputs, bias, x, x_length,
                          y, y_length, (size_t)columns);
    return;
  }
  for (int32_t c = 0; c < columns; c += TONO_COLUMNS) {
    // The last tile begins early enough to be a whole one; what it shares is computed again.
    const int32_t start = c + TONO_COLUMNS <= columns ? c : columns - TONO_COLUMNS;
    tono_multiply_columns(weights, output_stride, input_stride, outputs, inputs, bias, x + start,
                          x_length, y + start, y_length, TONO_COLUMNS);
  }
}
