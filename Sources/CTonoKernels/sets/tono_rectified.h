// tono_kernel_set.rectified_sums in vectors.
#pragma once

#include "tono_vectors.h"

#define tono_rectified(p, q) ({                                  \
  const tono_wide v_ = tono_load_wide(p) + tono_load_wide(q);    \
  v_ < 0 ? 0 : v_;                                               \
})

static void tono_rectified_sums(const float *one, const float *others, const float *weights,
                                float bias, int64_t width, int64_t count, float *answers) {
  for (int64_t n = 0; n < count; n++) {
    const float *other = others + n * width;
    tono_wide a = 0, b = 0;
    float rest = bias;
    int64_t i = 0;
    for (; i + 2 * TONO_LANES <= width; i += 2 * TONO_LANES) {
      a += tono_load_wide(weights + i) * tono_rectified(one + i, other + i);
      b += tono_load_wide(weights + i + TONO_LANES) *
           tono_rectified(one + i + TONO_LANES, other + i + TONO_LANES);
    }
    for (; i < width; i++) {
      const float v = one[i] + other[i];
      rest += weights[i] * (v < 0 ? 0 : v);
    }
    const tono_v8 lanes = tono_fold(a + b);
    answers[n] = tono_sum(&lanes) + rest;
  }
}
