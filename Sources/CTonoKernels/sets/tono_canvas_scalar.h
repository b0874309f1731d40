// The kernels of tono_canvas.h by plain loops, one element after another.
#pragma once

#include <math.h>

#include "tono_canvas.h"

static double tono_sum_floats(const float *x, int64_t count) {
  double sum = 0;
  for (int64_t i = 0; i < count; i++) sum += x[i];
  return sum;
}

static double tono_sum_squares(const float *x, double mean, int64_t count) {
  double sum = 0;
  for (int64_t i = 0; i < count; i++) sum += (x[i] - mean) * (x[i] - mean);
  return sum;
}

static double tono_sum_products(const float *x, const float *y, int64_t count) {
  double sum = 0;
  for (int64_t i = 0; i < count; i++) sum += (double)x[i] * y[i];
  return sum;
}

static double tono_paint(const float *x, int64_t count, double factor, double level, float *y) {
  for (int64_t i = 0; i < count; i++) y[i] = (float)(x[i] * factor + level);
  return tono_sum_floats(y, count);
}

static double tono_adjoint(const float *y, int64_t count, double factor, double mean, double slope,
                           float *gradient) {
  for (int64_t i = 0; i < count; i++) {
    gradient[i] = (float)((gradient[i] - mean - y[i] * slope) * factor);
  }
  return tono_sum_squares(gradient, 0, count);
}

static double tono_penalize(const float *x, int64_t count, float l2, float l1, float share,
                            float *gradient) {
  double total = 0;
  for (int64_t i = 0; i < count; i++) {
    const float size = sqrtf(x[i] * x[i] + 1e-6f);
    total += l2 * x[i] * x[i] + l1 * size;
    gradient[i] -= share * (2 * l2 * x[i] + l1 * x[i] / size);
  }
  return total;
}

static double tono_vary(const float *x, int64_t step, int64_t count, float share,
                        float *gradient) {
  double total = 0;
  for (int64_t i = 0; i < count; i++) {
    const float difference = x[i + step] - x[i], size = sqrtf(difference * difference + 1e-6f);
    total += size;
    gradient[i] += share * difference / size;
    gradient[i + step] -= share * difference / size;
  }
  return total;
}

static void tono_adam_step(const float *gradient, int64_t count, tono_adam step, float *first,
                           float *second, const float *cells, float *moved) {
  for (int64_t i = 0; i < count; i++) {
    const float s = gradient[i] * step.slope;
    first[i] = first[i] * step.first_decay + s * step.first_share;
    second[i] = second[i] * step.second_decay + s * s * step.second_share;
    moved[i] =
        cells[i] + first[i] * step.rate / (sqrtf(second[i] * step.second_correction) + step.epsilon);
  }
}
