// Gradients of a convolution's weights.
#include "tono_channel.h"
#include "tono_moments.h"
#include "tono_winograd.h"

// B·v for eight vectors, in place: the adjoint of tono_winograd_input.
TONO_INLINE void tono_winograd_input_adjoint(tono_v8 v[8]) {
  const float a = 4.0f / 21, b = 4.0f / 17;
  const tono_v8 first = v[0], last = v[7];
  const tono_v8 sum1 = v[1] + v[2], difference1 = v[1] - v[2];
  const tono_v8 sum2 = v[3] + v[4], difference2 = v[3] - v[4];
  const tono_v8 sum3 = v[5] + v[6], difference3 = v[5] - v[6];
  v[0] = a * first;
  v[1] = 0.2f * difference2 + 0.4f * difference3 - b * difference1 - a * last;
  v[2] = 0.1f * sum2 + 0.8f * sum3 - b * sum1 - first;
  v[3] = difference1 - difference2 - 0.5f * difference3 + last;
  v[4] = first + sum1 - 0.5f * sum2 - sum3;
  v[5] = 0.8f * difference2 + 0.1f * difference3 - b * difference1 - last;
  v[6] = 0.4f * sum2 + 0.2f * sum3 - b * sum1 - a * first;
  v[7] = a * last;
}

// A·d for `count` (2 … 7) vectors: the adjoint of tono_winograd_output.
TONO_INLINE void tono_winograd_output_adjoint(const tono_v8 *d, tono_v8 e[8],
                                              const int32_t count) {
  tono_v8 even1 = 0, even2 = 0, even3 = 0, odd1 = 0, odd2 = 0, odd3 = 0;
  float power = 1;
  TONO_UNROLL for (int32_t j = 0; j < 7; j++, power *= 2) {
    if (j >= count) continue;
    const float inverse = 1 / power;
    if (j % 2 == 0) {
      even1 += d[j];
      even2 += power * d[j];
      even3 += inverse * d[j];
    } else {
      odd1 += d[j];
      odd2 += power * d[j];
      odd3 += inverse * d[j];
    }
  }
  e[0] = d[0];
  e[1] = even1 + odd1;
  e[2] = even1 - odd1;
  e[3] = even2 + odd2;
  e[4] = even2 - odd2;
  e[5] = even3 + odd3;
  e[6] = even3 - odd3;
  e[7] = d[count - 1];
}

// The 64 planes [tiles, output_cell] of a block's transformed gradient.
TONO_INLINE void tono_winograd_gradient_planes(const tono_convolution *c, const float *d_output,
                                               const int32_t rows, const int32_t columns,
                                               int32_t tile_rows, int32_t tile_columns,
                                               int64_t plane, float *planes) {
  const int32_t cell = c->output_cell;
  for (int32_t t = 0; t < tile_rows * tile_columns; t++) {
    const float *x = d_output + t / tile_columns * rows * c->output_pitch +
                     (int64_t)(t % tile_columns) * columns * cell;
    float *e = planes + (int64_t)t * cell;
    for (int32_t o = 0; o < cell; o += 8) {
      tono_v8 half[8][8];
      TONO_UNROLL for (int32_t column = 0; column < 7; column++) {
        if (column >= columns) continue;
        tono_v8 d[7], result[8];
        TONO_UNROLL for (int32_t row = 0; row < 7; row++) {
          if (row >= rows) continue;
          d[row] = tono_load8(x + row * c->output_pitch + column * cell + o);
        }
        tono_winograd_output_adjoint(d, result, rows);
        TONO_UNROLL for (int32_t row = 0; row < 8; row++) half[row][column] = result[row];
      }
      for (int32_t row = 0; row < 8; row++) {
        tono_v8 result[8];
        tono_winograd_output_adjoint(half[row], result, columns);
        TONO_UNROLL for (int32_t column = 0; column < 8; column++) {
          tono_store8(e + (row * 8 + column) * plane + o, result[column]);
        }
      }
    }
  }
}

// Adds the gradients of a block's transformed input to the input's own, of which `rows`×`columns`
// cells are left from the block's first on.
static void tono_winograd_inputs_adjoint(const tono_convolution *c, const float *planes,
                                         int64_t plane, int32_t tile_rows, int32_t tile_columns,
                                         int32_t rows, int32_t columns, float *d_input) {
  const int32_t cell = c->input_cell;
  const int32_t m = 9 - c->kernel_rows, n = 9 - c->kernel_columns;
  for (int32_t r = 0; r < tile_rows; r++) {
    for (int32_t k = 0; k < tile_columns; k++) {
      const float *v = planes + (int64_t)(r * tile_columns + k) * cell;
      float *d = d_input + r * m * c->input_pitch + (int64_t)k * n * cell;
      const int32_t height = rows - r * m < 8 ? rows - r * m : 8;
      const int32_t width = columns - k * n < 8 ? columns - k * n : 8;
      for (int32_t i = 0; i < cell; i += 8) {
        tono_v8 half[8][8];
        TONO_UNROLL for (int32_t row = 0; row < 8; row++) {
          tono_v8 line[8];
          TONO_UNROLL for (int32_t column = 0; column < 8; column++) {
            line[column] = tono_load8(v + (row * 8 + column) * plane + i);
          }
          tono_winograd_input_adjoint(line);
          TONO_UNROLL for (int32_t column = 0; column < 8; column++) half[column][row] = line[column];
        }
        for (int32_t column = 0; column < width; column++) {
          tono_winograd_input_adjoint(half[column]);
          float *target = d + column * cell + i;
          for (int32_t row = 0; row < height; row++, target += c->input_pitch) {
            tono_store8(target, tono_load8(target) + half[column][row]);
          }
        }
      }
    }
  }
}

// sums += (planes)ᵀ · (d_planes) for each point.
static void tono_winograd_add_products(const tono_convolution *c, const float *planes,
                                       int64_t plane, const float *d_planes, int64_t d_plane,
                                       int32_t tiles, float *sums) {
  const tono_product q = {tiles, 1, c->input_cell, c->output_cell, 1};
  for (int32_t point = 0; point < 64; point++) {
    const float *v = planes + point * plane, *e = d_planes + point * d_plane;
    float *u = sums + (int64_t)point * c->input_cell * c->output_cell;
    for (int32_t o = 0, width; o < c->output_cell; o += width) {
      width = tono_tile_width(c->output_cell - o);
      for (int32_t i = 0; i < c->input_cell; i += TONO_POSITIONS) {
        const float *inputs[TONO_POSITIONS];
        float *outputs[TONO_POSITIONS];
        for (int32_t p = 0; p < TONO_POSITIONS; p++) {
          inputs[p] = v + i + p;
          outputs[p] = u + (int64_t)(i + p) * c->output_cell + o;
        }
        tono_tile(inputs, TONO_POSITIONS, e + o, width, &q, outputs);
      }
    }
  }
}

static void tono_winograd_map(const tono_convolution *c, const float *input, const float *weights,
                              int32_t rows, int32_t columns, float *scratch, float *output) {
  const int32_t m = 9 - c->kernel_rows, n = 9 - c->kernel_columns;
  const tono_winograd_block block = tono_winograd_blocks(c, columns);
  const int64_t plane = tono_winograd_plane(block.tile_rows * block.tile_columns, c->input_cell);
  const int64_t product_plane =
      tono_winograd_plane(block.tile_rows * block.tile_columns, c->output_cell);
  float *planes = scratch, *products = scratch + 64 * plane;
  for (int32_t r = 0; r * m < rows; r += block.tile_rows) {
    const int32_t left_rows = (rows + m - 1) / m - r;
    const int32_t tile_rows = left_rows < block.tile_rows ? left_rows : block.tile_rows;
    for (int32_t k = 0; k * n < columns; k += block.tile_columns) {
      const int32_t left = (columns + n - 1) / n - k;
      const int32_t tile_columns = left < block.tile_columns ? left : block.tile_columns;
      tono_winograd_inputs(
          c, input + r * m * c->input_pitch + (int64_t)k * n * c->input_cell, tile_rows,
          tile_columns, plane, planes);
      tono_winograd_products(c, planes, plane, weights, tile_rows * tile_columns, products,
                             product_plane);
      tono_winograd_cells(c, products, product_plane, tile_rows, tile_columns,
                          output + r * m * c->output_pitch + (int64_t)k * n * c->output_cell,
                          c->output_pitch);
    }
  }
}

static void tono_winograd_adjoint(const tono_convolution *c, const float *input,
                                  const float *weights, const float *d_output, int32_t rows,
                                  int32_t columns, float *scratch, float *sums, float *d_input) {
  const int32_t m = 9 - c->kernel_rows, n = 9 - c->kernel_columns;
  const tono_adjoint_block block = tono_adjoint_blocks(c, rows, columns);
  const int64_t plane = tono_winograd_plane(block.rows * block.columns, c->input_cell);
  const int64_t d_plane = tono_winograd_plane(block.rows * block.columns, c->output_cell);
  tono_convolution adjoint = *c;
  adjoint.input_cell = c->output_cell;
  adjoint.output_cell = c->input_cell;
  float *planes = scratch, *d_planes = scratch + 64 * plane;
  for (int32_t r = 0; r * m < rows; r += block.rows) {
    const int32_t left_rows = (rows + m - 1) / m - r;
    const int32_t tile_rows = left_rows < block.rows ? left_rows : block.rows;
    for (int32_t k = 0; k * n < columns; k += block.columns) {
      const int32_t left = (columns + n - 1) / n - k;
      const int32_t tile_columns = left < block.columns ? left : block.columns;
      const int32_t tiles = tile_rows * tile_columns;
      const int64_t first = r * m * c->input_pitch + (int64_t)k * n * c->input_cell;
      const float *d =
          d_output + r * m * c->output_pitch + (int64_t)k * n * c->output_cell;
      tono_winograd_inputs(c, input + first, tile_rows, tile_columns, plane, planes);
      if (m == 3 && n == 3) {
        tono_winograd_gradient_planes(c, d, 3, 3, tile_rows, tile_columns, d_plane, d_planes);
      } else if (m == 4 && n == 4) {
        tono_winograd_gradient_planes(c, d, 4, 4, tile_rows, tile_columns, d_plane, d_planes);
      } else {
        tono_winograd_gradient_planes(c, d, m, n, tile_rows, tile_columns, d_plane, d_planes);
      }
      tono_winograd_add_products(c, planes, plane, d_planes, d_plane, tiles, sums);
      if (!d_input) continue;
      tono_winograd_products(&adjoint, d_planes, d_plane, weights, tiles, planes, plane);
      tono_winograd_inputs_adjoint(c, planes, plane, tile_rows, tile_columns,
                                   rows + c->kernel_rows - 1 - r * m,
                                   columns + c->kernel_columns - 1 - k * n, d_input + first);
    }
  }
}

// Winners of a row that stay in the first-level cache while all their outputs are summed.
#define TONO_PATCHES 64

// Winners of one output, side by side: its sums stay in registers.
TONO_INLINE void tono_patch_row(const tono_convolution *c, const float *input, const float *d,
                                const uint8_t *winners, const int32_t *places, int32_t columns,
                                const int32_t kernel_rows, float *sums) {
  tono_v8 sum[8];
  TONO_UNROLL for (int32_t i = 0; i < kernel_rows; i++) sum[i] = tono_load8(sums + 8 * i);
  for (int32_t k = 0; k < columns; k++, input += c->window_columns) {
    const int64_t at = (int64_t)k * c->output_cell;
    const float *patch = input + places[winners ? winners[at] : 0];
    const float gradient = d[at];
    TONO_UNROLL for (int32_t i = 0; i < kernel_rows; i++) {
      sum[i] += tono_load8(patch + i * c->input_pitch) * gradient;
    }
  }
  TONO_UNROLL for (int32_t i = 0; i < kernel_rows; i++) tono_store8(sums + 8 * i, sum[i]);
}

static void tono_patch_sums(const tono_convolution *c, const float *input, const float *d,
                            const uint8_t *winners, int32_t rows, int32_t columns, float *sums) {
  int32_t places[256];
  for (int32_t a = 0; a < c->window_rows * c->window_columns; a++) {
    places[a] = (int32_t)(a / c->window_columns * c->input_pitch) + a % c->window_columns;
  }
  const int32_t parts = (columns + TONO_PATCHES - 1) / TONO_PATCHES;
  for (int32_t r = 0; r < rows; r++) {
    const float *x = input + (int64_t)r * c->window_rows * c->input_pitch;
    for (int32_t i = 0; i < parts * c->output_cell; i++) {
      const int32_t k = i / c->output_cell * TONO_PATCHES, o = i % c->output_cell;
      const int64_t at = ((int64_t)r * columns + k) * c->output_cell + o;
      const int32_t count = columns - k < TONO_PATCHES ? columns - k : TONO_PATCHES;
      float *sum = sums + (int64_t)o * c->kernel_rows * 8;
#define TONO_ROWS(ROWS)                                                                           \
  case ROWS:                                                                                      \
    tono_patch_row(c, x + k * c->window_columns, d + at, winners ? winners + at : 0, places,      \
                   count, ROWS, sum);                                                             \
    break;
      switch (c->kernel_rows) {
        TONO_ROWS(1)
        TONO_ROWS(2)
        TONO_ROWS(3)
        TONO_ROWS(4)
        TONO_ROWS(5)
        TONO_ROWS(6)
        TONO_ROWS(7)
        TONO_ROWS(8)
      }
#undef TONO_ROWS
    }
  }
}

// Σ a·b over `count` floats.
TONO_INLINE double tono_dot(const float *a, const float *b, int32_t count) {
  tono_v8 sums[2] = {0, 0};
  int32_t i = 0;
  for (; i + 16 <= count; i += 16) {
    sums[0] += tono_load8(a + i) * tono_load8(b + i);
    sums[1] += tono_load8(a + i + 8) * tono_load8(b + i + 8);
  }
  sums[0] += sums[1];
  double sum = (double)tono_sum(&sums[0]);
  for (; i < count; i++) sum += (double)a[i] * (double)b[i];
  return sum;
}

static void tono_patch_products(const tono_convolution *c, const float *input, int32_t rows,
                                int32_t columns, double *sums, double *products) {
  const int32_t height = c->kernel_rows, width = c->kernel_columns, all = height * width;
  for (int32_t r = 0; r < rows + height - 1; r++) {
    const float *a = input + r * c->input_pitch;
    // The kernel rows that lie on this row of input, for some row of patches.
    const int32_t low = r < rows ? 0 : r - rows + 1, high = r < height ? r : height - 1;
    double sum = 0;
    for (int32_t x = 0; x < columns; x++) sum += (double)a[x];
    for (int32_t i = 0; i < width; i++) {
      for (int32_t kr = low; kr <= high; kr++) sums[kr * width + i] += sum;
      sum += (double)a[i + columns] - (double)a[i];
    }
    for (int32_t down = 0; low + down < height && r + down < rows + height - 1; down++) {
      const float *b = a + down * c->input_pitch;
      // Products of this row with the one further down, for each two kernel columns; those of the
      // next two columns differ in the first and the last cell only.
      double t[8][8];
      for (int32_t i = 0; i < width; i++) {
        t[i][0] = tono_dot(a + i, b, columns);
        t[0][i] = tono_dot(a, b + i, columns);
      }
      for (int32_t i = 1; i < width; i++) {
        for (int32_t j = 1; j < width; j++) {
          t[i][j] = t[i - 1][j - 1] - (double)a[i - 1] * (double)b[j - 1] +
                    (double)a[i - 1 + columns] * (double)b[j - 1 + columns];
        }
      }
      for (int32_t kr = low; kr <= high && kr + down < height; kr++) {
        for (int32_t i = 0; i < width; i++) {
          for (int32_t j = 0; j < width; j++) {
            const int32_t p = kr * width + i, q = (kr + down) * width + j;
            products[p * all + q] += t[i][j];
            if (down > 0) products[q * all + p] += t[i][j];
          }
        }
      }
    }
  }
}
