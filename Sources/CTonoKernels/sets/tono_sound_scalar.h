// The kernels of tono_sound.h by plain loops, one element after another.
#pragma once

#include <math.h>

#include "tono_sound.h"

static void tono_weave(const float *a, const float *b, const float *window, int64_t count,
                       float *z) {
  for (int64_t i = 0; i < count; i++) {
    z[2 * i] = window[i] * a[i];
    z[2 * i + 1] = window[i] * b[i];
  }
}

static void tono_unweave(const float *z, const float *window, int64_t count, float *a, float *b) {
  for (int64_t i = 0; i < count; i++) {
    a[i] += window[i] * z[2 * i];
    b[i] += window[i] * z[2 * i + 1];
  }
}

#include "tono_pair.h"

static void tono_powers(const float *z, int64_t stride, int64_t size, int64_t bins, int32_t roots,
                        float *powers) {
  for (int64_t k = 0; k < bins; k++) {
    for (int pair = 0; pair < 4; pair++) {
      tono_pair_powers(z + pair * stride, size, k, roots, powers + 8 * k + 2 * pair);
    }
  }
}

static void tono_pull_powers(const float *z, int64_t stride, int64_t size, int64_t bins,
                             int32_t roots, const float *slopes, float *d_z) {
  for (int pair = 0; pair < 4; pair++) {
    float *target = d_z + pair * stride;
    for (int64_t i = 0; i < 2 * (size + 1); i++) target[i] = 0;
    for (int64_t k = 0; k < bins; k++) {
      tono_pull_pair(z + pair * stride, size, k, roots, slopes + 8 * k + 2 * pair, target);
    }
  }
}

static void tono_multiply_rows(const tono_sparse_rows *m, const float *x, int64_t x_step, float *y,
                               int64_t y_step, int32_t columns) {
  for (int32_t r = 0; r < m->rows; r++) {
    for (int32_t c = 0; c < columns; c++) {
      float sum = 0;
      for (int32_t i = m->start[r]; i < m->start[r + 1]; i++) {
        sum += m->weights[i] * x[(m->first[r] + i - m->start[r]) * x_step + c];
      }
      y[r * y_step + c] = sum;
    }
  }
}

static int64_t tono_amplify(const float *x, int64_t count, float gain, float offset,
                            float *numbers) {
  int64_t highest = 0;
  for (int64_t i = 0; i < count; i++) {
    numbers[i] = gain * x[i] + offset;
    if (numbers[i] > numbers[highest]) highest = i;
  }
  return highest;
}

static void tono_levels(const float *numbers, int64_t count, tono_level_rule rule, float *levels,
                        float *slopes) {
  for (int64_t i = 0; i < count; i++) {
    const float number = numbers[i];
    const float level = rule.factor * logf(number < rule.minimum ? rule.minimum : number) - rule.zero;
    const int is_floor = level <= rule.floor;
    levels[i] = is_floor ? rule.floor : level;
    slopes[i] = is_floor ? -1 : number > rule.minimum ? rule.factor * rule.gain / number : 0;
  }
}

static void tono_pull_levels(const float *g, const float *y, const float *slopes, int64_t count,
                             float factor, float mean, float tilt, float *d_bands, double *sums) {
  for (int64_t i = 0; i < count; i++) {
    const float d = factor * (g[i] - mean - tilt * y[i]);
    sums[0] += d;
    if (slopes[i] < 0) sums[1] += d;
    d_bands[i] = slopes[i] < 0 ? 0 : slopes[i] * d;
  }
}

static void tono_bend_cells(const float *cells, int64_t count, tono_bend rule, float *samples,
                            float *slopes) {
  for (int64_t i = 0; i < count; i++) {
    // Beyond this tanh has no slope left.
    float cell = rule.bend * cells[i];
    cell = cell < -10 ? -10 : cell > 10 ? 10 : cell;
    const float share = tanhf(rule.level * sinhf(cell) / rule.limit);
    samples[i] = rule.limit * share;
    slopes[i] = rule.level * rule.bend * coshf(cell) * (1 - share * share);
  }
}

static double tono_multiply_floats(float *x, const float *y, int64_t count) {
  double sum = 0;
  for (int64_t i = 0; i < count; i++) {
    x[i] *= y[i];
    sum += (double)x[i] * x[i];
  }
  return sum;
}
