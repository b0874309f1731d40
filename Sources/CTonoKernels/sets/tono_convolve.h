// Convolution by register tiles, block of output cells by block, each pooled while it is in cache.
#pragma once

#include "tono_tile.h"
#if TONO_REGISTERS == 32
#include "tono_windows.h"
#endif

// Cells whose partial sums stay in the first-level cache while a kernel row's weights do.
#define TONO_CELLS 32
// Floats of weights that stay in the first-level cache beside them.
#define TONO_WEIGHTS 5120

// `rows`×`columns` cells of x ∗ weights, without bias, to y [rows, columns, output_cell].
static void tono_convolve_block(const tono_convolution *c, const float *x, const float *weights,
                                int32_t rows, int32_t columns, float *y) {
  const int32_t run = c->kernel_columns * c->input_cell, all = rows * columns;
  const int64_t row_step = c->stride_rows * c->input_pitch;
  const int64_t column_step = c->stride_columns * c->input_cell;
  for (int32_t o = 0, width; o < c->output_cell; o += width) {
    width = tono_tile_width(c->output_cell - o);
    // Kernel rows at once: all of them, or one, so that their weights are read from near.
    const int32_t step = c->kernel_rows * run * width <= TONO_WEIGHTS ? c->kernel_rows : 1;
    for (int32_t first = 0; first < all; first += TONO_CELLS) {
      const int32_t count = all - first < TONO_CELLS ? all - first : TONO_CELLS;
      for (int32_t kr = 0; kr < c->kernel_rows; kr += step) {
        const tono_product q = {step, run, c->dilation_rows * c->input_pitch, c->output_cell,
                                kr > 0};
        const float *w = weights + (int64_t)kr * run * c->output_cell + o;
        const float *start = x + (int64_t)kr * c->dilation_rows * c->input_pitch;
        int32_t row = first / columns, column = first % columns;
        for (int32_t i = first; i < first + count;) {
          const int32_t tile = tono_tile_positions(first + count - i);
          const float *inputs[TONO_POSITIONS];
          float *outputs[TONO_POSITIONS];
          for (int32_t p = 0; p < tile; p++) {
            inputs[p] = start + row * row_step + column * column_step;
            outputs[p] = y + (int64_t)(i + p) * c->output_cell + o;
            if (++column == columns) {
              column = 0;
              row++;
            }
          }
          tono_tile(inputs, tile, w, width, &q, outputs);
          i += tile;
        }
      }
    }
  }
}

// Pools, biases and rectifies a block of cells [rows · window_rows, pitch] into output cells.
TONO_INLINE void tono_pool_window(const tono_convolution *c, const float *x, int64_t pitch,
                                  const float *bias, const int32_t rows, const int32_t columns,
                                  float *output, uint8_t *winners) {
  for (int32_t o = 0; o < c->output_cell; o += 8) {
    tono_v8 best = tono_load8(x + o);
    tono_i8 winner = 0;
    for (int32_t r = 0; r < rows; r++) {
      for (int32_t k = 0; k < columns; k++) {
        const tono_v8 cell = tono_load8(x + r * pitch + (int64_t)k * c->output_cell + o);
        const tono_i8 wins = cell > best;
        best = wins ? cell : best;
        winner = wins ? (tono_i8)(r * columns + k) : winner;
      }
    }
    best += tono_load8(bias + o);
    if (c->rectifies) best = best > 0 ? best : 0;
    tono_store8(output + o, best);
    if (winners) *(tono_b8 *)(winners + o) = __builtin_convertvector(winner, tono_b8);
  }
}

// A block of cells [rows · window_rows, pitch] → output cells [rows, columns].
static void tono_pool_block(const tono_convolution *c, const float *x, int64_t pitch,
                            const float *bias, int32_t rows, int32_t columns, float *output,
                            uint8_t *winners, int64_t winners_pitch) {
  const int32_t wr = c->window_rows, wc = c->window_columns;
  for (int32_t r = 0; r < rows; r++) {
    for (int32_t k = 0; k < columns; k++) {
      const float *cells = x + r * wr * pitch + (int64_t)k * wc * c->output_cell;
      float *y = output + r * c->output_pitch + (int64_t)k * c->output_cell;
      uint8_t *w = winners ? winners + r * winners_pitch + (int64_t)k * c->output_cell : 0;
      // Constant windows unroll.
      if (wr == 1 && wc == 1) {
        tono_pool_window(c, cells, pitch, bias, 1, 1, y, w);
      } else if (wr == 2 && wc == 2) {
        tono_pool_window(c, cells, pitch, bias, 2, 2, y, w);
      } else if (wr == 2 && wc == 4) {
        tono_pool_window(c, cells, pitch, bias, 2, 4, y, w);
      } else {
        tono_pool_window(c, cells, pitch, bias, wr, wc, y, w);
      }
    }
  }
}

static void tono_convolve(const tono_convolution *c, const float *input, const float *weights,
                          const float *bias, tono_rows rows, int32_t columns, float *scratch,
                          float *output, uint8_t *winners) {
#if TONO_REGISTERS == 32
  if (tono_fits_windows(c)) {
    tono_convolve_windows(c, input, weights, bias, rows, columns, scratch, output, winners);
    return;
  }
#endif
  const int32_t block = tono_convolve_columns(c);
  const int64_t winners_pitch = (int64_t)columns * c->output_cell;
  for (int32_t r = rows.first; r < rows.first + rows.count; r++) {
    const float *x = input + (int64_t)r * c->window_rows * c->stride_rows * c->input_pitch;
    for (int32_t k = 0; k < columns; k += block) {
      const int32_t count = columns - k < block ? columns - k : block;
      const int32_t cells = count * c->window_columns;
      tono_convolve_block(
          c, x + (int64_t)k * c->window_columns * c->stride_columns * c->input_cell, weights,
          c->window_rows, cells, scratch);
      const int64_t start = (int64_t)k * c->output_cell;
      tono_pool_block(c, scratch, (int64_t)cells * c->output_cell, bias, 1, count,
                      output + r * c->output_pitch + start,
                      winners ? winners + r * winners_pitch + start : 0, winners_pitch);
    }
  }
}
