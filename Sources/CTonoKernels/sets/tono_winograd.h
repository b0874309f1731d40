// Winograd's minimal filtering F(m×n, (9−m)×(9−n)) with the points 0, ±1, ±2, ±½ and infinity.
//
// Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks", 2016; the matrices by Cook and
// Toom's construction, rows of the input's transform scaled to a largest element of 1.
#pragma once

#include "tono_convolve.h"

// Bᵀ·d for eight vectors, in place.
TONO_INLINE void tono_winograd_input(tono_v8 d[8]) {
  const float a = 4.0f / 21, b = 4.0f / 17;
  const tono_v8 first = (d[4] - d[2]) + a * (d[0] - d[6]);
  const tono_v8 last = (d[3] - d[5]) + a * (d[7] - d[1]);
  const tono_v8 even1 = d[4] - b * (d[2] + d[6]), odd1 = d[3] - b * (d[1] + d[5]);
  const tono_v8 even2 = 0.1f * d[2] - 0.5f * d[4] + 0.4f * d[6];
  const tono_v8 odd2 = 0.2f * d[1] - d[3] + 0.8f * d[5];
  const tono_v8 even3 = 0.8f * d[2] - d[4] + 0.2f * d[6];
  const tono_v8 odd3 = 0.4f * d[1] - 0.5f * d[3] + 0.1f * d[5];
  d[0] = first;
  d[1] = even1 + odd1;
  d[2] = even1 - odd1;
  d[3] = even2 + odd2;
  d[4] = even2 - odd2;
  d[5] = even3 + odd3;
  d[6] = even3 - odd3;
  d[7] = last;
}

// Aᵀ·d for eight vectors: the first `count` (2 … 7) of y count.
TONO_INLINE void tono_winograd_output(const tono_v8 d[8], tono_v8 *y, const int32_t count) {
  const tono_v8 sum1 = d[1] + d[2], difference1 = d[1] - d[2];
  const tono_v8 sum2 = d[3] + d[4], difference2 = d[3] - d[4];
  const tono_v8 sum3 = d[5] + d[6], difference3 = d[5] - d[6];
  float power = 1;
  TONO_UNROLL for (int32_t j = 0; j < 7; j++, power *= 2) {
    const float inverse = 1 / power;
    y[j] = j % 2 == 0 ? sum1 + power * sum2 + inverse * sum3
                      : difference1 + power * difference2 + inverse * difference3;
  }
  y[0] += d[0];
  y[count - 1] += d[7];
}

// The 64 planes [tiles, input_cell] of a block's transformed input.
static void tono_winograd_inputs(const tono_convolution *c, const float *input, int32_t tile_rows,
                                 int32_t tile_columns, int64_t plane, float *planes) {
  const int32_t cell = c->input_cell;
  const int64_t row_step = (9 - c->kernel_rows) * c->input_pitch;
  const int64_t column_step = (9 - c->kernel_columns) * cell;
  for (int32_t r = 0; r < tile_rows; r++) {
    for (int32_t k = 0; k < tile_columns; k++) {
      const float *x = input + r * row_step + k * column_step;
      float *v = planes + (int64_t)(r * tile_columns + k) * cell;
      for (int32_t i = 0; i < cell; i += 8) {
        tono_v8 half[8][8];
        TONO_UNROLL for (int32_t column = 0; column < 8; column++) {
          tono_v8 d[8];
          TONO_UNROLL for (int32_t row = 0; row < 8; row++) {
            d[row] = tono_load8(x + row * c->input_pitch + column * cell + i);
          }
          tono_winograd_input(d);
          TONO_UNROLL for (int32_t row = 0; row < 8; row++) half[row][column] = d[row];
        }
        for (int32_t row = 0; row < 8; row++) {
          tono_winograd_input(half[row]);
          TONO_UNROLL for (int32_t column = 0; column < 8; column++) {
            tono_store8(v + (row * 8 + column) * plane + i, half[row][column]);
          }
        }
      }
    }
  }
}

// The 64 products of the planes with the transformed weights.
static void tono_winograd_products(const tono_convolution *c, const float *planes, int64_t plane,
                                   const float *weights, int32_t tiles, float *products,
                                   int64_t product_plane) {
  const tono_product q = {1, c->input_cell, 0, c->output_cell, 0};
  for (int32_t point = 0; point < 64; point++) {
    const float *w = weights + (int64_t)point * c->input_cell * c->output_cell;
    for (int32_t o = 0, width; o < c->output_cell; o += width) {
      width = tono_tile_width(c->output_cell - o);
      for (int32_t t = 0; t < tiles;) {
        const int32_t count = tono_tile_positions(tiles - t);
        const float *inputs[TONO_POSITIONS];
        float *outputs[TONO_POSITIONS];
        for (int32_t p = 0; p < count; p++) {
          inputs[p] = planes + point * plane + (int64_t)(t + p) * c->input_cell;
          outputs[p] = products + point * product_plane + (int64_t)(t + p) * c->output_cell + o;
        }
        tono_tile(inputs, count, w + o, width, &q, outputs);
        t += count;
      }
    }
  }
}

// Transforms a block's products back into cells [tile_rows · m, pitch].
TONO_INLINE void tono_winograd_outputs(const tono_convolution *c, const float *products,
                                       int64_t plane, int32_t tile_rows, int32_t tile_columns,
                                       const int32_t rows, const int32_t columns, float *cells,
                                       int64_t pitch) {
  for (int32_t t = 0; t < tile_rows * tile_columns; t++) {
    float *y = cells + t / tile_columns * rows * pitch +
               (int64_t)(t % tile_columns) * columns * c->output_cell;
    const float *m = products + (int64_t)t * c->output_cell;
    for (int32_t o = 0; o < c->output_cell; o += 8) {
      tono_v8 half[7][8];
      TONO_UNROLL for (int32_t column = 0; column < 8; column++) {
        tono_v8 d[8], result[7];
        TONO_UNROLL for (int32_t row = 0; row < 8; row++) {
          d[row] = tono_load8(m + (row * 8 + column) * plane + o);
        }
        tono_winograd_output(d, result, rows);
        TONO_UNROLL for (int32_t row = 0; row < 7; row++) half[row][column] = result[row];
      }
      for (int32_t row = 0; row < rows; row++) {
        tono_v8 result[7];
        tono_winograd_output(half[row], result, columns);
        for (int32_t column = 0; column < columns; column++) {
          tono_store8(y + row * pitch + column * c->output_cell + o, result[column]);
        }
      }
    }
  }
}

// Square tiles unroll; others go through the same code with counts of run time.
static void tono_winograd_cells(const tono_convolution *c, const float *products, int64_t plane,
                                int32_t tile_rows, int32_t tile_columns, float *cells,
                                int64_t pitch) {
  const int32_t rows = 9 - c->kernel_rows, columns = 9 - c->kernel_columns;
#define TONO_SQUARE(M)                                                                            \
  if (rows == M && columns == M) {                                                                \
    tono_winograd_outputs(c, products, plane, tile_rows, tile_columns, M, M, cells, pitch);       \
    return;                                                                                       \
  }
  TONO_SQUARE(3)
  TONO_SQUARE(4)
  TONO_SQUARE(6)
#undef TONO_SQUARE
  tono_winograd_outputs(c, products, plane, tile_rows, tile_columns, rows, columns, cells, pitch);
}

static void tono_winograd(const tono_convolution *c, const float *input, const float *weights,
                          const float *bias, tono_rows rows, int32_t columns,
                          float *scratch, float *output, uint8_t *winners) {
  const tono_winograd_block block = tono_winograd_blocks(c, columns);
  const int32_t tile_rows = 9 - c->kernel_rows, tile_columns = 9 - c->kernel_columns;
  const int32_t block_columns = block.tile_columns * tile_columns / c->window_columns;
  const int64_t pitch = (int64_t)block.tile_columns * tile_columns * c->output_cell;
  const int64_t plane = tono_winograd_plane(block.tile_rows * block.tile_columns, c->input_cell);
  const int64_t product_plane =
      tono_winograd_plane(block.tile_rows * block.tile_columns, c->output_cell);
  const int64_t winners_pitch = (int64_t)columns * c->output_cell;
  float *planes = scratch, *products = planes + 64 * plane, *cells = products + 64 * product_plane;
  for (int32_t r = rows.first; r < rows.first + rows.count; r += block.output_rows) {
    int32_t count_rows = rows.first + rows.count - r;
    if (count_rows > block.output_rows) count_rows = block.output_rows;
    // Tiles beyond the last row or column wanted are left out.
    const int32_t used_rows = (count_rows * c->window_rows + tile_rows - 1) / tile_rows;
    for (int32_t k = 0; k < columns; k += block_columns) {
      const int32_t count = columns - k < block_columns ? columns - k : block_columns;
      const int32_t used_columns = (count * c->window_columns + tile_columns - 1) / tile_columns;
      const float *x = input + (int64_t)r * c->window_rows * c->input_pitch +
                       (int64_t)k * c->window_columns * c->input_cell;
      tono_winograd_inputs(c, x, used_rows, used_columns, plane, planes);
      tono_winograd_products(c, planes, plane, weights, used_rows * used_columns, products,
                             product_plane);
      tono_winograd_cells(c, products, product_plane, used_rows, used_columns, cells, pitch);
      const int64_t start = (int64_t)k * c->output_cell;
      tono_pool_block(c, cells, pitch, bias, count_rows, count,
                      output + r * c->output_pitch + start,
                      winners ? winners + r * winners_pitch + start : 0, winners_pitch);
    }
  }
}
