// One output channel of a convolution: dot products forward, sums of weights backward.
#pragma once

#include "tono_scatter.h"
#include "tono_tile.h"

// Positions whose dot products are computed at once.
#define TONO_DOTS 4

// The dot products of `count` runs that begin `step` floats apart with the same weights.
TONO_INLINE void tono_dots(const tono_convolution *c, const float *x, const float *weights,
                           int64_t step, const int32_t count, float *y) {
  const int32_t run = c->kernel_columns * c->input_cell;
  tono_wide sums[TONO_DOTS][2] = {{0}};
  tono_v8 eights[TONO_DOTS] = {0};
  float rest[TONO_DOTS] = {0};
  for (int32_t kr = 0; kr < c->kernel_rows; kr++, weights += run) {
    const float *cells = x + (int64_t)kr * c->dilation_rows * c->input_pitch;
    int32_t j = 0;
    for (; j + 2 * TONO_LANES <= run; j += 2 * TONO_LANES) {
      TONO_UNROLL for (int32_t half = 0; half < 2; half++) {
        const int32_t at = j + half * TONO_LANES;
        const tono_wide w = tono_load_wide(weights + at);
        TONO_UNROLL for (int32_t p = 0; p < count; p++) {
          sums[p][half] += tono_load_wide(cells + p * step + at) * w;
        }
      }
    }
    for (; j + 8 <= run; j += 8) {
      const tono_v8 w = tono_load8(weights + j);
      TONO_UNROLL for (int32_t p = 0; p < count; p++) {
        eights[p] += tono_load8(cells + p * step + j) * w;
      }
    }
    for (; j < run; j++) {
      TONO_UNROLL for (int32_t p = 0; p < count; p++) rest[p] += cells[p * step + j] * weights[j];
    }
  }
  TONO_UNROLL for (int32_t p = 0; p < count; p++) {
    sums[p][0] += sums[p][1];
    eights[p] += tono_fold(sums[p][0]);
    y[p] = tono_sum(&eights[p]) + rest[p];
  }
}

// One row of y = Σ_{r, j} x[r · row_step + j + i] · w[r, j], for maps of one float a cell.
TONO_INLINE void tono_correlate(const float *x, int64_t row_step, const float *w, int32_t rows,
                                int32_t run, int32_t count, int accumulates, float *y) {
  int32_t i = 0;
  for (; i + TONO_LANES <= count; i += TONO_LANES) {
    tono_wide sum = 0;
    for (int32_t r = 0; r < rows; r++) {
      const float *cells = x + r * row_step + i;
      for (int32_t j = 0; j < run; j++) sum += tono_load_wide(cells + j) * w[r * run + j];
    }
    tono_store_wide(y + i, accumulates ? tono_load_wide(y + i) + sum : sum);
  }
  for (; i < count; i++) {
    float sum = 0;
    for (int32_t r = 0; r < rows; r++) {
      for (int32_t j = 0; j < run; j++) {
        sum = __builtin_fmaf(x[r * row_step + i + j], w[r * run + j], sum);
      }
    }
    y[i] = accumulates ? y[i] + sum : sum;
  }
}

static void tono_convolve_channel(const tono_convolution *c, const float *input,
                                  const float *weights, float bias, tono_rows rows,
                                  int32_t columns, float *output) {
  const int64_t step = c->stride_columns * c->input_cell;
  for (int32_t r = rows.first; r < rows.first + rows.count; r++) {
    const float *x = input + (int64_t)r * c->stride_rows * c->input_pitch;
    float *y = output + r * c->output_pitch;
    if (step == 1) {
      tono_correlate(x, c->dilation_rows * c->input_pitch, weights, c->kernel_rows,
                     c->kernel_columns, columns, 0, y);
    } else if (columns < TONO_DOTS) {
      for (int32_t k = 0; k < columns; k++) tono_dots(c, x + k * step, weights, step, 1, y + k);
    } else {
      for (int32_t next = 0; next < columns; next += TONO_DOTS) {
        // The last ones may be computed twice.
        const int32_t last = columns - TONO_DOTS, k = next < last ? next : last;
        tono_dots(c, x + k * step, weights, step, TONO_DOTS, y + k);
      }
    }
    for (int32_t k = 0; k < columns; k++) {
      y[k] += bias;
      if (c->rectifies && !(y[k] > 0)) y[k] = 0;
    }
  }
}

// Every input cell gathers what the output cells that see it hand back: a convolution with the kernel
// turned round of the output's gradients, with zeros around them.
static void tono_scatter_channel(const tono_convolution *c, const float *d_output,
                                 const float *output, const float *weights, int32_t output_rows,
                                 int32_t columns, tono_rows rows, float *scratch,
                                 float *d_input) {
  const int32_t margin = c->kernel_columns - 1, cell = c->input_cell;
  const int32_t taps = c->kernel_rows * c->kernel_columns;
  const int32_t pitch = columns + 2 * margin, reach = (c->kernel_rows - 1) * c->dilation_rows;
  float *turned = scratch, *gradients = turned + (taps * cell + 15) / 16 * 16;
  for (int32_t tap = 0; tap < taps; tap++) {
    memcpy(turned + tap * cell, weights + (taps - 1 - tap) * cell, sizeof(float) * (size_t)cell);
  }
  // The rows of output that see the input's, between margins of zeros.
  const int32_t start = rows.first - reach > 0 ? rows.first - reach : 0;
  const int32_t end = rows.first + rows.count < output_rows ? rows.first + rows.count : output_rows;
  for (int32_t r = start; r < end; r++) {
    float *g = gradients + (int64_t)(r - start) * pitch;
    memset(g, 0, sizeof(float) * (size_t)pitch);
    for (int32_t k = 0; k < columns; k++) {
      g[margin + k] = tono_gradient(c, d_output, output, r * c->output_pitch + k);
    }
  }
  const int64_t row_step = (int64_t)c->dilation_rows * pitch;
  for (int32_t row = rows.first; row < rows.first + rows.count; row++) {
    // Rows of the turned kernel: one by one from `top` on, as long as their outputs are there.
    const int32_t top = row - reach;
    const int32_t from = top < 0 ? (-top + c->dilation_rows - 1) / c->dilation_rows : 0;
    const int32_t left = output_rows - 1 - top;
    const int32_t last = left < reach ? left / c->dilation_rows : c->kernel_rows - 1;
    if (left < 0 || last < from) continue;
    const float *g = gradients + (int64_t)(top + from * c->dilation_rows - start) * pitch;
    const float *w = turned + (int64_t)from * c->kernel_columns * cell;
    float *d = d_input + row * c->input_pitch;
    const int32_t all = columns + margin;
    if (cell == 1) {
      tono_correlate(g, row_step, w, last - from + 1, c->kernel_columns, all, 1, d);
      continue;
    }
    const tono_product q = {last - from + 1, c->kernel_columns, row_step, cell, 1};
    for (int32_t o = 0, width; o < cell; o += width) {
      width = tono_tile_width(cell - o);
      for (int32_t p = 0, count; p < all; p += count) {
        count = tono_tile_positions(all - p);
        const float *inputs[TONO_POSITIONS];
        float *outputs[TONO_POSITIONS];
        for (int32_t i = 0; i < count; i++) {
          inputs[i] = g + p + i;
          outputs[i] = d + (int64_t)(p + i) * cell + o;
        }
        tono_tile(inputs, count, w + o, width, &q, outputs);
      }
    }
  }
}
