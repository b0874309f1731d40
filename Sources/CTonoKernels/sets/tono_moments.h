// Batch normalization in training: sums over maps, and the affine maps between them.
#include "tono_convolve.h"
#include "tono_training.h"

typedef double tono_d8 __attribute__((ext_vector_type(8), aligned(8)));

#define tono_add_double(p, v) (*(tono_d8 *)(p) += __builtin_convertvector(v, tono_d8))

// Cells that are summed in single precision before they join a sum in double.
#define TONO_SUMMED 64

static void tono_moments(const float *x, int64_t pitch, int32_t rows, int32_t columns,
                         int32_t cell, double *sums, double *squares) {
  for (int32_t r = 0; r < rows; r++, x += pitch) {
    for (int32_t first = 0; first < columns; first += TONO_SUMMED) {
      const int32_t count = columns - first < TONO_SUMMED ? columns - first : TONO_SUMMED;
      for (int32_t o = 0; o < cell; o += 8) {
        const float *v = x + (int64_t)first * cell + o;
        tono_v8 sum = 0, square = 0;
        for (int32_t i = 0; i < count; i++, v += cell) {
          sum += tono_load8(v);
          square += tono_load8(v) * tono_load8(v);
        }
        tono_add_double(sums + o, sum);
        tono_add_double(squares + o, square);
      }
    }
  }
}

static void tono_pool(const tono_convolution *c, const float *x, const float *bias, int32_t rows,
                      int32_t columns, float *output, uint8_t *winners) {
  tono_convolution pooled = *c;
  pooled.output_pitch = (int64_t)columns * c->output_cell;
  tono_pool_block(&pooled, x, c->output_pitch, bias, rows, columns, output, winners,
                  pooled.output_pitch);
}

static void tono_normalize(const float *x, const float *scale, const float *shift,
                           int32_t rectifies, int64_t cells, int32_t cell, float *y) {
  for (int64_t i = 0; i < cells; i++, x += cell, y += cell) {
    for (int32_t o = 0; o < cell; o += 8) {
      tono_v8 v = tono_load8(x + o) * tono_load8(scale + o) + tono_load8(shift + o);
      if (rectifies) v = v <= 0 ? 0 : v;
      tono_store8(y + o, v);
    }
  }
}

static void tono_rectify_gradient(const float *d_y, const float *x, int32_t rectifies,
                                  int64_t cells, int32_t cell, float *y, double *sums,
                                  double *products) {
  for (int64_t first = 0; first < cells; first += TONO_SUMMED) {
    const int64_t count = cells - first < TONO_SUMMED ? cells - first : TONO_SUMMED;
    for (int32_t o = 0; o < cell; o += 8) {
      const int64_t start = first * cell + o;
      tono_v8 sum = 0, product = 0;
      for (int64_t i = start; i < start + count * cell; i += cell) {
        tono_v8 d = tono_load8(d_y + i);
        if (rectifies) d = tono_load8(y + i) > 0 ? d : 0;
        tono_store8(y + i, d);
        sum += d;
        product += d * tono_load8(x + i);
      }
      tono_add_double(sums + o, sum);
      tono_add_double(products + o, product);
    }
  }
}

// The cells of one window, or of what is left beside the windows (with d = NULL).
TONO_INLINE void tono_spread_cells(const tono_convolution *c, const float *x, int64_t x_pitch,
                                   const float *d, const uint8_t *winners, const float *factor,
                                   const float *constant, const float *slope, const int32_t rows,
                                   const int32_t columns, float *y, int64_t y_pitch) {
  const int32_t cell = c->output_cell;
  for (int32_t o = 0; o < cell; o += 8) {
    const tono_v8 b = tono_load8(constant + o), e = tono_load8(slope + o);
    tono_v8 won = 0;
    tono_i8 winner = 0;
    if (d) won = tono_load8(d + o) * tono_load8(factor + o);
    if (winners) winner = __builtin_convertvector(*(const tono_b8 *)(winners + o), tono_i8);
    for (int32_t i = 0; i < rows; i++) {
      for (int32_t j = 0; j < columns; j++) {
        tono_v8 v = b + e * tono_load8(x + i * x_pitch + j * cell + o);
        if (d) v += winner == (tono_i8)(i * columns + j) ? won : 0;
        tono_store8(y + i * y_pitch + j * cell + o, v);
      }
    }
  }
}

static void tono_spread(const tono_convolution *c, const float *x, const float *d,
                        const uint8_t *winners, const float *factor, const float *constant,
                        const float *slope, int32_t rows, int32_t columns, float *y,
                        int64_t y_pitch) {
  const int32_t wr = c->window_rows, wc = c->window_columns, cell = c->output_cell;
  const int64_t x_pitch = c->output_pitch;
  const int32_t whole = columns / wc;
  for (int32_t r = 0; r + wr <= rows; r += wr) {
    for (int32_t k = 0; k < whole; k++) {
      const int64_t at = ((int64_t)(r / wr) * whole + k) * cell;
      const float *cells = x + r * x_pitch + (int64_t)k * wc * cell;
      const uint8_t *w = winners ? winners + at : 0;
      float *target = y + r * y_pitch + (int64_t)k * wc * cell;
#define TONO_SPREAD(ROWS, COLUMNS)                                                                \
  tono_spread_cells(c, cells, x_pitch, d + at, w, factor, constant, slope, ROWS, COLUMNS, target, \
                    y_pitch)
      if (wr == 1 && wc == 1) {
        TONO_SPREAD(1, 1);
      } else if (wr == 2 && wc == 2) {
        TONO_SPREAD(2, 2);
      } else {
        TONO_SPREAD(wr, wc);
      }
#undef TONO_SPREAD
    }
    if (whole * wc < columns) {
      const int64_t at = (int64_t)whole * wc * cell;
      tono_spread_cells(c, x + r * x_pitch + at, x_pitch, 0, 0, factor, constant, slope, wr,
                        columns - whole * wc, y + r * y_pitch + at, y_pitch);
    }
  }
  const int32_t left = rows / wr * wr;
  if (left < rows) {
    tono_spread_cells(c, x + left * x_pitch, x_pitch, 0, 0, factor, constant, slope, rows - left,
                      columns, y + left * y_pitch, y_pitch);
  }
}
