// The register tile: a few output cells × a few vectors of output channels, summed over runs of input.
#pragma once

#include "tono_vectors.h"

// A product that tiles compute: y[p, o] = Σ_{r < rows, j < run} x_p[r · row_stride + j] · w[r, j, o].
typedef struct {
  int32_t rows, run;
  int64_t row_stride;
  int64_t outputs;  // floats from one row of weights to the next
  int accumulates;  // whether y is added to
} tono_product;

// Defines NAME: POSITIONS cells × COUNT vectors of type V.
#define TONO_DEFINE_TILE(NAME, V, POSITIONS, COUNT)                                               \
  TONO_INLINE void NAME(const float *const *x, const float *w, tono_product q, float *const *y) { \
    const int lanes = sizeof(V) / sizeof(float);                                                  \
    V sums[POSITIONS][COUNT];                                                                     \
    TONO_UNROLL for (int p = 0; p < POSITIONS; p++) {                                             \
      TONO_UNROLL for (int v = 0; v < COUNT; v++) {                                               \
        sums[p][v] = q.accumulates ? *(const V *)(y[p] + v * lanes) : (V)(0);                     \
      }                                                                                           \
    }                                                                                             \
    for (int32_t r = 0; r < q.rows; r++) {                                                        \
      const float *cells[POSITIONS];                                                              \
      TONO_UNROLL for (int p = 0; p < POSITIONS; p++) cells[p] = x[p] + r * q.row_stride;         \
      for (int32_t j = 0; j < q.run; j++, w += q.outputs) {                                       \
        V weights[COUNT];                                                                         \
        TONO_UNROLL for (int v = 0; v < COUNT; v++) weights[v] = *(const V *)(w + v * lanes);     \
        TONO_UNROLL for (int p = 0; p < POSITIONS; p++) {                                         \
          const float cell = cells[p][j];                                                         \
          TONO_UNROLL for (int v = 0; v < COUNT; v++) sums[p][v] += weights[v] * cell;            \
        }                                                                                         \
      }                                                                                           \
    }                                                                                             \
    TONO_UNROLL for (int p = 0; p < POSITIONS; p++) {                                             \
      TONO_UNROLL for (int v = 0; v < COUNT; v++) *(V *)(y[p] + v * lanes) = sums[p][v];          \
    }                                                                                             \
  }

TONO_DEFINE_TILE(tono_tile_many_3, tono_v, TONO_POSITIONS, 3)
TONO_DEFINE_TILE(tono_tile_many_2, tono_v, TONO_POSITIONS, 2)
TONO_DEFINE_TILE(tono_tile_many_1, tono_v, TONO_POSITIONS, 1)
TONO_DEFINE_TILE(tono_tile_one_3, tono_v, 1, 3)
TONO_DEFINE_TILE(tono_tile_one_2, tono_v, 1, 2)
TONO_DEFINE_TILE(tono_tile_one_1, tono_v, 1, 1)
#if TONO_LANES == 16
TONO_DEFINE_TILE(tono_tile_many_3_wide, tono_v16, TONO_POSITIONS, 3)
TONO_DEFINE_TILE(tono_tile_one_3_wide, tono_v16, 1, 3)
#endif

// The outputs that the next tile takes of those left, a multiple of 8.
TONO_INLINE int32_t tono_tile_width(int32_t left) {
#if TONO_LANES == 16
  if (left >= 48) return 48;
#endif
  const int32_t lanes = sizeof(tono_v) / sizeof(float);
  return left >= 3 * lanes ? 3 * lanes : left >= 2 * lanes ? 2 * lanes : lanes;
}

// `width` outputs of `count` cells; count is TONO_POSITIONS or 1.
TONO_INLINE void tono_tile(const float *const *x, int32_t count, const float *w, int32_t width,
                           tono_product q, float *const *y) {
  const int32_t lanes = sizeof(tono_v) / sizeof(float);
  const int many = count == TONO_POSITIONS;
#if TONO_LANES == 16
  if (width == 48) {
    many ? tono_tile_many_3_wide(x, w, q, y) : tono_tile_one_3_wide(x, w, q, y);
    return;
  }
#endif
  if (width == 3 * lanes) {
    many ? tono_tile_many_3(x, w, q, y) : tono_tile_one_3(x, w, q, y);
  } else if (width == 2 * lanes) {
    many ? tono_tile_many_2(x, w, q, y) : tono_tile_one_2(x, w, q, y);
  } else {
    many ? tono_tile_many_1(x, w, q, y) : tono_tile_one_1(x, w, q, y);
  }
}
