// The kernels of tono_sound.h in vectors of eight.
#pragma once

#include "tono_canvas_steps.h"
#include "tono_functions.h"
#include "tono_pair.h"

typedef float tono_v16u __attribute__((ext_vector_type(16), aligned(4)));

#define tono_even(v) __builtin_shufflevector((v), (v), 0, 2, 4, 6, 8, 10, 12, 14)
#define tono_odd(v) __builtin_shufflevector((v), (v), 1, 3, 5, 7, 9, 11, 13, 15)
// The same of numbers in the reverse order.
#define tono_even_back(v) __builtin_shufflevector((v), (v), 14, 12, 10, 8, 6, 4, 2, 0)
#define tono_odd_back(v) __builtin_shufflevector((v), (v), 15, 13, 11, 9, 7, 5, 3, 1)
#define tono_zip(a, b) \
  __builtin_shufflevector((a), (b), 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15)
#define tono_zip_back(a, b) \
  __builtin_shufflevector((a), (b), 7, 15, 6, 14, 5, 13, 4, 12, 3, 11, 2, 10, 1, 9, 0, 8)
#define tono_load16(p) (*(const tono_v16u *)(p))
#define tono_store16(p, v) (*(tono_v16u *)(p) = (v))

static void tono_weave(const float *a, const float *b, const float *window, int64_t count,
                       float *z) {
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const tono_v8 w = tono_load8(window + i);
    const tono_v8 x = w * tono_load8(a + i), y = w * tono_load8(b + i);
    tono_store16(z + 2 * i, tono_zip(x, y));
  }
  for (; i < count; i++) {
    z[2 * i] = window[i] * a[i];
    z[2 * i + 1] = window[i] * b[i];
  }
}

static void tono_unweave(const float *z, const float *window, int64_t count, float *a, float *b) {
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const tono_v16u v = tono_load16(z + 2 * i);
    const tono_v8 w = tono_load8(window + i);
    // One after the other: the two may overlap.
    tono_store8(a + i, tono_load8(a + i) + w * tono_even(v));
    tono_store8(b + i, tono_load8(b + i) + w * tono_odd(v));
  }
  for (; i < count; i++) {
    a[i] += window[i] * z[2 * i];
    b[i] += window[i] * z[2 * i + 1];
  }
}

// Rows become columns.
TONO_INLINE void tono_transpose8(tono_v8 *rows) {
  tono_v8 s[8], t[8];
  TONO_UNROLL for (int i = 0; i < 8; i += 2) {
    s[i] = __builtin_shufflevector(rows[i], rows[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    s[i + 1] = __builtin_shufflevector(rows[i], rows[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
  TONO_UNROLL for (int i = 0; i < 8; i += 4) {
    TONO_UNROLL for (int j = 0; j < 2; j++) {
      t[i + j] = __builtin_shufflevector(s[i + j], s[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      t[i + j + 2] = __builtin_shufflevector(s[i + j], s[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  }
  TONO_UNROLL for (int i = 0; i < 4; i++) {
    rows[i] = __builtin_shufflevector(t[i], t[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    rows[i + 4] = __builtin_shufflevector(t[i], t[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

// Eight bins of a pair: real and imaginary parts from bin k up, and from its mirror image down.
typedef struct {
  tono_v8 p0, p1, q0, q1;
} tono_pair_bins;

TONO_INLINE void tono_load_pair(const float *z, int64_t size, int64_t k, tono_pair_bins *bins) {
  const tono_v16u p = tono_load16(z + 2 * k), q = tono_load16(z + 2 * (size - k - 7));
  bins->p0 = tono_even(p);
  bins->p1 = tono_odd(p);
  bins->q0 = tono_even_back(q);
  bins->q1 = tono_odd_back(q);
}

TONO_INLINE void tono_bin_powers(const tono_pair_bins *x, int32_t roots, tono_v8 *powers) {
  const tono_v8 a0 = x->p0 + x->q0, a1 = x->p1 - x->q1;
  const tono_v8 b0 = x->p1 + x->q1, b1 = x->q0 - x->p0;
  powers[0] = a0 * a0 + a1 * a1;
  powers[1] = b0 * b0 + b1 * b1;
  if (roots) {
    powers[0] = 0.5f * __builtin_elementwise_sqrt(powers[0]);
    powers[1] = 0.5f * __builtin_elementwise_sqrt(powers[1]);
  } else {
    powers[0] *= 0.25f;
    powers[1] *= 0.25f;
  }
}

TONO_INLINE void tono_powers_of(const float *z, int64_t stride, int64_t size, int64_t bins,
                                int32_t roots, float *powers) {
  int64_t k = 0;
  for (; k + 8 <= bins; k += 8) {
    tono_v8 rows[8];
    TONO_UNROLL for (int pair = 0; pair < 4; pair++) {
      tono_pair_bins x;
      tono_load_pair(z + pair * stride, size, k, &x);
      tono_bin_powers(&x, roots, rows + 2 * pair);
    }
    tono_transpose8(rows);
    TONO_UNROLL for (int i = 0; i < 8; i++) tono_store8(powers + 8 * (k + i), rows[i]);
  }
  for (; k < bins; k++) {
    for (int pair = 0; pair < 4; pair++) {
      tono_pair_powers(z + pair * stride, size, k, roots, powers + 8 * k + 2 * pair);
    }
  }
}

static void tono_powers(const float *z, int64_t stride, int64_t size, int64_t bins, int32_t roots,
                        float *powers) {
  if (roots) {
    tono_powers_of(z, stride, size, bins, 1, powers);
  } else {
    tono_powers_of(z, stride, size, bins, 0, powers);
  }
}

TONO_INLINE void tono_pull_powers_of(const float *z, int64_t stride, int64_t size, int64_t bins,
                                     int32_t roots, const float *slopes, float *d_z) {
  int64_t k = 0;
  for (; k + 8 <= bins; k += 8) {
    tono_v8 rows[8];
    TONO_UNROLL for (int i = 0; i < 8; i++) rows[i] = tono_load8(slopes + 8 * (k + i));
    tono_transpose8(rows);
    TONO_UNROLL for (int pair = 0; pair < 4; pair++) {
      tono_pair_bins x;
      tono_load_pair(z + pair * stride, size, k, &x);
      tono_v8 a = rows[2 * pair], b = rows[2 * pair + 1];
      if (roots) {
        tono_v8 magnitudes[2];
        tono_bin_powers(&x, roots, magnitudes);
        a = tono_select(magnitudes[0] > 0, 0.5f * a / magnitudes[0], (tono_v8)0);
        b = tono_select(magnitudes[1] > 0, 0.5f * b / magnitudes[1], (tono_v8)0);
      }
      const tono_v8 own = 0.5f * (a + b), other = 0.5f * (a - b);
      const tono_v8 p0 = x.p0 * own + x.q0 * other, p1 = x.p1 * own - x.q1 * other;
      const tono_v8 q0 = x.q0 * own + x.p0 * other, q1 = x.q1 * own - x.p1 * other;
      float *target = d_z + pair * stride;
      tono_store16(target + 2 * k, tono_zip(p0, p1));
      tono_store16(target + 2 * (size - k - 7), tono_zip_back(q0, q1));
    }
  }
  for (int pair = 0; pair < 4; pair++) {
    float *target = d_z + pair * stride;
    for (int64_t i = k; i < bins; i++) {
      tono_pull_pair(z + pair * stride, size, i, roots, slopes + 8 * i + 2 * pair, target);
    }
    for (int64_t i = 2 * bins; i < 2 * (size - bins + 1); i++) target[i] = 0;
  }
}

static void tono_pull_powers(const float *z, int64_t stride, int64_t size, int64_t bins,
                             int32_t roots, const float *slopes, float *d_z) {
  if (roots) {
    tono_pull_powers_of(z, stride, size, bins, 1, slopes, d_z);
  } else {
    tono_pull_powers_of(z, stride, size, bins, 0, slopes, d_z);
  }
}

static void tono_multiply_rows(const tono_sparse_rows *m, const float *x, int64_t x_step, float *y,
                               int64_t y_step, int32_t columns) {
  for (int32_t r = 0; r < m->rows; r++) {
    tono_v8 sum = 0;
    const float *column = x + m->first[r] * x_step;
    for (int32_t i = m->start[r]; i < m->start[r + 1]; i++, column += x_step) {
      sum += m->weights[i] * tono_load8(column);
    }
    if (columns == 8) {
      tono_store8(y + r * y_step, sum);
    } else {
      for (int32_t c = 0; c < columns; c++) y[r * y_step + c] = sum[c];
    }
  }
}

static int64_t tono_amplify(const float *x, int64_t count, float gain, float offset,
                            float *numbers) {
  tono_v8 largest = -INFINITY;
  float rest = -INFINITY;
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const tono_v8 y = gain * tono_load8(x + i) + offset;
    tono_store8(numbers + i, y);
    largest = tono_select(y > largest, y, largest);
  }
  for (; i < count; i++) {
    numbers[i] = gain * x[i] + offset;
    if (numbers[i] > rest) rest = numbers[i];
  }
  for (int lane = 0; lane < 8; lane++) {
    if (largest[lane] > rest) rest = largest[lane];
  }
  for (i = 0; i < count; i++) {
    if (numbers[i] == rest) return i;
  }
  return 0;
}

TONO_INLINE void tono_levels8(const float *numbers, tono_level_rule rule, float *levels,
                              float *slopes) {
  const tono_v8 number = tono_load8(numbers);
  tono_v8 level = tono_select(number < rule.minimum, (tono_v8)rule.minimum, number);
  tono_log8(&level);
  level = rule.factor * level - rule.zero;
  const tono_i8 is_floor = level <= rule.floor;
  const tono_v8 slope = tono_select(number > rule.minimum, rule.factor * rule.gain / number, (tono_v8)0);
  tono_store8(levels, tono_select(is_floor, (tono_v8)rule.floor, level));
  tono_store8(slopes, tono_select(is_floor, (tono_v8)-1, slope));
}

static void tono_levels(const float *numbers, int64_t count, tono_level_rule rule, float *levels,
                        float *slopes) {
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) tono_levels8(numbers + i, rule, levels + i, slopes + i);
  if (i == count) return;
  // By the same operations, so that equal numbers have equal levels.
  float rest[3][8] = {{0}};
  const size_t bytes = (size_t)(count - i) * sizeof(float);
  memcpy(rest[0], numbers + i, bytes);
  tono_levels8(rest[0], rule, rest[1], rest[2]);
  memcpy(levels + i, rest[1], bytes);
  memcpy(slopes + i, rest[2], bytes);
}

static void tono_pull_levels(const float *g, const float *y, const float *slopes, int64_t count,
                             float factor, float mean, float tilt, float *d_bands, double *sums) {
  tono_d8 all = 0, floored = 0;
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const tono_v8 d = factor * (tono_load8(g + i) - mean - tilt * tono_load8(y + i));
    const tono_v8 slope = tono_load8(slopes + i);
    const tono_i8 is_floor = slope < 0;
    all += tono_to_double(d);
    floored += tono_to_double(tono_select(is_floor, d, (tono_v8)0));
    tono_store8(d_bands + i, tono_select(is_floor, (tono_v8)0, slope * d));
  }
  for (; i < count; i++) {
    const float d = factor * (g[i] - mean - tilt * y[i]);
    sums[0] += d;
    if (slopes[i] < 0) sums[1] += d;
    d_bands[i] = slopes[i] < 0 ? 0 : slopes[i] * d;
  }
  const tono_d8 none = 0;
  sums[0] += tono_sum_lanes(&all, &none);
  sums[1] += tono_sum_lanes(&floored, &none);
}

TONO_INLINE void tono_bend8(const float *cells, tono_bend rule, float *samples, float *slopes) {
  tono_v8 cell = rule.bend * tono_load8(cells);
  // Beyond this tanh has no slope left.
  cell = tono_select(cell < -10, (tono_v8)-10, tono_select(cell > 10, (tono_v8)10, cell));
  tono_v8 up = cell;
  tono_exp8(&up);
  const tono_v8 down = 1 / up;
  // sinh by its series near 0, where the difference of the exponentials cancels.
  const tono_v8 square = cell * cell;
  const tono_v8 series =
      cell * (1 + square * (0.166666667f + square * (8.33333333e-3f + square * 1.98412698e-4f)));
  const tono_i8 near = square < 0.25f;
  const tono_v8 sine = tono_select(near, series, 0.5f * (up - down));
  const tono_v8 y = rule.level * sine / rule.limit;
  // tanh y = 1 − 2 ÷ (e²ʸ + 1), by its series near 0.
  tono_v8 power = tono_select(y > 20, (tono_v8)40, tono_select(y < -20, (tono_v8)-40, 2 * y));
  tono_exp8(&power);
  const tono_v8 z = y * y;
  const tono_v8 low = y * (1 - z * (0.333333333f - z * (0.133333333f - z * 5.39682540e-2f)));
  const tono_v8 share = tono_select(z < 0.01f, low, 1 - 2 / (power + 1));
  tono_store8(samples, rule.limit * share);
  // 1 − tanh² without its cancellation: 4 e²ʸ ÷ (e²ʸ + 1)².
  tono_store8(slopes, rule.level * rule.bend * 0.5f * (up + down) * 4 * power /
                          ((power + 1) * (power + 1)));
}

static void tono_bend_cells(const float *cells, int64_t count, tono_bend rule, float *samples,
                            float *slopes) {
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) tono_bend8(cells + i, rule, samples + i, slopes + i);
  if (i == count) return;
  float rest[3][8] = {{0}};
  const size_t bytes = (size_t)(count - i) * sizeof(float);
  memcpy(rest[0], cells + i, bytes);
  tono_bend8(rest[0], rule, rest[1], rest[2]);
  memcpy(samples + i, rest[1], bytes);
  memcpy(slopes + i, rest[2], bytes);
}

static double tono_multiply_floats(float *x, const float *y, int64_t count) {
  tono_d8 a = 0;
  double rest = 0;
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const tono_v8 product = tono_load8(x + i) * tono_load8(y + i);
    tono_store8(x + i, product);
    a += tono_to_double(product) * tono_to_double(product);
  }
  for (; i < count; i++) {
    x[i] *= y[i];
    rest += (double)x[i] * x[i];
  }
  const tono_d8 none = 0;
  return tono_sum_lanes(&a, &none) + rest;
}
