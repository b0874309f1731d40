// The kernels of tono_canvas.h in vectors.
#pragma once

#include <math.h>

#include "tono_vectors.h"

typedef double tono_d8 __attribute__((ext_vector_type(8)));

#define tono_to_double(v) __builtin_convertvector((v), tono_d8)
#define tono_to_float(v) __builtin_convertvector((v), tono_v8)

// The sum of two vectors' lanes.
TONO_INLINE double tono_sum_lanes(const tono_d8 *a, const tono_d8 *b) {
  const tono_d8 v = *a + *b;
  return ((v[0] + v[4]) + (v[1] + v[5])) + ((v[2] + v[6]) + (v[3] + v[7]));
}

static double tono_sum_floats(const float *x, int64_t count) {
  tono_d8 a = 0, b = 0;
  double rest = 0;
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) {
    a += tono_to_double(tono_load8(x + i));
    b += tono_to_double(tono_load8(x + i + 8));
  }
  for (; i < count; i++) rest += x[i];
  return tono_sum_lanes(&a, &b) + rest;
}

static double tono_sum_squares(const float *x, double mean, int64_t count) {
  tono_d8 a = 0, b = 0;
  double rest = 0;
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const tono_d8 d0 = tono_to_double(tono_load8(x + i)) - mean;
    const tono_d8 d1 = tono_to_double(tono_load8(x + i + 8)) - mean;
    a += d0 * d0;
    b += d1 * d1;
  }
  for (; i < count; i++) rest += (x[i] - mean) * (x[i] - mean);
  return tono_sum_lanes(&a, &b) + rest;
}

static double tono_sum_products(const float *x, const float *y, int64_t count) {
  tono_d8 a = 0, b = 0;
  double rest = 0;
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) {
    a += tono_to_double(tono_load8(x + i)) * tono_to_double(tono_load8(y + i));
    b += tono_to_double(tono_load8(x + i + 8)) * tono_to_double(tono_load8(y + i + 8));
  }
  for (; i < count; i++) rest += (double)x[i] * y[i];
  return tono_sum_lanes(&a, &b) + rest;
}

static double tono_paint(const float *x, int64_t count, double factor, double level, float *y) {
  tono_d8 a = 0, b = 0;
  double rest = 0;
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const tono_v8 y0 = tono_to_float(tono_to_double(tono_load8(x + i)) * factor + level);
    const tono_v8 y1 = tono_to_float(tono_to_double(tono_load8(x + i + 8)) * factor + level);
    tono_store8(y + i, y0);
    tono_store8(y + i + 8, y1);
    a += tono_to_double(y0);
    b += tono_to_double(y1);
  }
  for (; i < count; i++) {
    y[i] = (float)(x[i] * factor + level);
    rest += y[i];
  }
  return tono_sum_lanes(&a, &b) + rest;
}

static double tono_adjoint(const float *y, int64_t count, double factor, double mean, double slope,
                           float *gradient) {
  tono_d8 a = 0, b = 0;
  double rest = 0;
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const tono_d8 y0 = tono_to_double(tono_load8(y + i));
    const tono_d8 y1 = tono_to_double(tono_load8(y + i + 8));
    const tono_d8 g0 = tono_to_double(tono_load8(gradient + i));
    const tono_d8 g1 = tono_to_double(tono_load8(gradient + i + 8));
    const tono_v8 t0 = tono_to_float((g0 - mean - y0 * slope) * factor);
    const tono_v8 t1 = tono_to_float((g1 - mean - y1 * slope) * factor);
    tono_store8(gradient + i, t0);
    tono_store8(gradient + i + 8, t1);
    a += tono_to_double(t0) * tono_to_double(t0);
    b += tono_to_double(t1) * tono_to_double(t1);
  }
  for (; i < count; i++) {
    gradient[i] = (float)((gradient[i] - mean - y[i] * slope) * factor);
    rest += (double)gradient[i] * gradient[i];
  }
  return tono_sum_lanes(&a, &b) + rest;
}

TONO_INLINE double tono_penalize_sizes(const float *x, int64_t count, float l2, const float l1,
                                       float share, float *gradient) {
  tono_d8 total = 0;
  double rest = 0;
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const tono_v8 v = tono_load8(x + i);
    tono_v8 penalty = l2 * v * v, slope = 2 * l2 * v;
    if (l1 != 0) {
      const tono_v8 size = __builtin_elementwise_sqrt(v * v + 1e-6f);
      penalty += l1 * size;
      slope += l1 * v / size;
    }
    tono_store8(gradient + i, tono_load8(gradient + i) - share * slope);
    total += tono_to_double(penalty);
  }
  for (; i < count; i++) {
    const float size = sqrtf(x[i] * x[i] + 1e-6f);
    rest += l2 * x[i] * x[i] + l1 * size;
    gradient[i] -= share * (2 * l2 * x[i] + l1 * x[i] / size);
  }
  const tono_d8 none = 0;
  return tono_sum_lanes(&total, &none) + rest;
}

static double tono_penalize(const float *x, int64_t count, float l2, float l1, float share,
                            float *gradient) {
  // Without roots where none are needed.
  if (l1 == 0) return tono_penalize_sizes(x, count, l2, 0, share, gradient);
  return tono_penalize_sizes(x, count, l2, l1, share, gradient);
}

static double tono_vary(const float *x, int64_t step, int64_t count, float share,
                        float *gradient) {
  tono_d8 total = 0;
  double rest = 0;
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const tono_v8 difference = tono_load8(x + i + step) - tono_load8(x + i);
    const tono_v8 size = __builtin_elementwise_sqrt(difference * difference + 1e-6f);
    const tono_v8 slope = share * difference / size;
    // One after the other: the two overlap.
    tono_store8(gradient + i, tono_load8(gradient + i) + slope);
    tono_store8(gradient + i + step, tono_load8(gradient + i + step) - slope);
    total += tono_to_double(size);
  }
  for (; i < count; i++) {
    const float difference = x[i + step] - x[i], size = sqrtf(difference * difference + 1e-6f);
    rest += size;
    gradient[i] += share * difference / size;
    gradient[i + step] -= share * difference / size;
  }
  const tono_d8 none = 0;
  return tono_sum_lanes(&total, &none) + rest;
}

static void tono_adam_step(const float *gradient, int64_t count, tono_adam step, float *first,
                           float *second, const float *cells, float *moved) {
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const tono_v8 s = tono_load8(gradient + i) * step.slope;
    const tono_v8 m = tono_load8(first + i) * step.first_decay + s * step.first_share;
    const tono_v8 v = tono_load8(second + i) * step.second_decay + s * s * step.second_share;
    const tono_v8 deviation = __builtin_elementwise_sqrt(v * step.second_correction);
    tono_store8(first + i, m);
    tono_store8(second + i, v);
    tono_store8(moved + i, tono_load8(cells + i) + m * step.rate / (deviation + step.epsilon));
  }
  for (; i < count; i++) {
    const float s = gradient[i] * step.slope;
    first[i] = first[i] * step.first_decay + s * step.first_share;
    second[i] = second[i] * step.second_decay + s * s * step.second_share;
    moved[i] =
        cells[i] + first[i] * step.rate / (sqrtf(second[i] * step.second_correction) + step.epsilon);
  }
}
