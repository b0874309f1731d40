// Logarithm and exponential of eight floats.
#pragma once

#include <math.h>

#include "tono_vectors.h"

#define tono_select(mask, a, b) ((tono_v8)(((mask) & (tono_i8)(a)) | (~(mask) & (tono_i8)(b))))

// The natural logarithm of Cephes' logf (Moshier 1992), also of numbers below the smallest normal one:
// x = 2ᵉ · m, √½ ≤ m < √2, ln x = e · ln 2 + polynomial(m − 1). Error below 1 unit in the last place.
TONO_INLINE void tono_log8(tono_v8 *value) {
  const tono_v8 x = *value;
  const tono_i8 small = x < 0x1p-126f;
  const tono_v8 normal = tono_select(small, x * 0x1p23f, x);
  const tono_i8 bits = (tono_i8)normal;
  // m in ½ … 1, then in √½ … √2.
  tono_v8 e = __builtin_convertvector(((bits >> 23) & 255) - 126, tono_v8) -
              tono_select(small, (tono_v8)23, (tono_v8)0);
  tono_v8 m = (tono_v8)((bits & 0x007fffff) | 0x3f000000);
  const tono_i8 low = m < 0.707106781186547524f;
  e -= tono_select(low, (tono_v8)1, (tono_v8)0);
  m = m - 1 + tono_select(low, m, (tono_v8)0);
  const tono_v8 z = m * m;
  tono_v8 y = m * 7.0376836292e-2f - 1.1514610310e-1f;
  y = y * m + 1.1676998740e-1f;
  y = y * m - 1.2420140846e-1f;
  y = y * m + 1.4249322787e-1f;
  y = y * m - 1.6668057665e-1f;
  y = y * m + 2.0000714765e-1f;
  y = y * m - 2.4999993993e-1f;
  y = y * m + 3.3333331174e-1f;
  y = y * m * z + e * -2.12194440e-4f - 0.5f * z;
  tono_v8 result = m + y + e * 0.693359375f;
  result = tono_select(x == 0, (tono_v8)-INFINITY, result);
  result = tono_select(x >= 0, result, (tono_v8)NAN);
  *value = tono_select(x == INFINITY, x, result);
}

// The exponential of Cephes' expf (Moshier 1992), of numbers in −80 … 80. Error below 2 units in the last
// place.
TONO_INLINE void tono_exp8(tono_v8 *value) {
  const tono_v8 x = *value;
  const tono_v8 n = __builtin_elementwise_floor(x * 1.44269504088896341f + 0.5f);
  const tono_v8 r = x - n * 0.693359375f - n * -2.12194440e-4f;
  tono_v8 y = r * 1.9875691500e-4f + 1.3981999507e-3f;
  y = y * r + 8.3334519073e-3f;
  y = y * r + 4.1665795894e-2f;
  y = y * r + 1.6666665459e-1f;
  y = y * r + 5.0000001201e-1f;
  y = y * r * r + r + 1;
  const tono_i8 power = (__builtin_convertvector(n, tono_i8) + 127) << 23;
  *value = y * (tono_v8)power;
}
