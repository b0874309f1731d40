// One bin of two real frames that were transformed together: of all sets, for bins beyond whole vectors.
#pragma once

#include <math.h>
#include <stdint.h>

// A = (Z[k] + conj Z[−k]) ÷ 2 and B = (Z[k] − conj Z[−k]) ÷ 2i: |A|² and |B|², or their roots.
static inline void tono_pair_powers(const float *z, int64_t size, int64_t k, int32_t roots,
                                    float *powers) {
  const float *p = z + 2 * k, *q = z + 2 * (size - k);
  const float a = (p[0] + q[0]) * (p[0] + q[0]) + (p[1] - q[1]) * (p[1] - q[1]);
  const float b = (p[1] + q[1]) * (p[1] + q[1]) + (q[0] - p[0]) * (q[0] - p[0]);
  powers[0] = roots ? 0.5f * sqrtf(a) : 0.25f * a;
  powers[1] = roots ? 0.5f * sqrtf(b) : 0.25f * b;
}

// slope · A + i · slope · B, and the same for the mirror image: half the gradient of |A|² and |B|², as
// bins come twice in the inverse transform. Of |A| it is slope · A ÷ 2|A|.
static inline void tono_pull_pair(const float *z, int64_t size, int64_t k, int32_t roots,
                                  const float *slopes, float *d_z) {
  const float *p = z + 2 * k, *q = z + 2 * (size - k);
  float a = slopes[0], b = slopes[1];
  if (roots) {
    float magnitudes[2];
    tono_pair_powers(z, size, k, roots, magnitudes);
    a = magnitudes[0] > 0 ? 0.5f * a / magnitudes[0] : 0;
    b = magnitudes[1] > 0 ? 0.5f * b / magnitudes[1] : 0;
  }
  const float own = 0.5f * (a + b), other = 0.5f * (a - b);
  const float p0 = p[0] * own + q[0] * other, p1 = p[1] * own - q[1] * other;
  const float q0 = q[0] * own + p[0] * other, q1 = q[1] * own - p[1] * other;
  d_z[2 * k] = p0;
  d_z[2 * k + 1] = p1;
  d_z[2 * (size - k)] = q0;
  d_z[2 * (size - k) + 1] = q1;
}
