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

// Cells of a tile at most: their sums of three vectors fill the registers but for a few.
#define TONO_POSITIONS (TONO_REGISTERS / 4)

// Outputs come in units; a tile has at most so many.
#define TONO_UNIT (TONO_LANES == 4 ? 4 : 8)
#define TONO_UNITS (TONO_LANES == 16 ? 6 : 3)

// Defines tono_tile_POSITIONS_UNITS: wide vectors, and one of 8 where half a wide one is left.
#define TONO_DEFINE_TILE(POSITIONS, UNITS)                                                        \
  static void tono_tile_##POSITIONS##_##UNITS(const float *const *x, const float *w,              \
                                              const tono_product *q, float *const *y) {           \
    enum { outputs = UNITS * TONO_UNIT, wides = outputs / TONO_LANES };                           \
    enum { has_rest = outputs % TONO_LANES != 0, rest = wides * TONO_LANES };                     \
    tono_wide sums[POSITIONS][wides + 1];                                                         \
    tono_v8 rests[POSITIONS];                                                                     \
    TONO_UNROLL for (int p = 0; p < POSITIONS; p++) {                                             \
      TONO_UNROLL for (int v = 0; v < wides; v++) {                                               \
        sums[p][v] = q->accumulates ? tono_load_wide(y[p] + v * TONO_LANES) : (tono_wide)(0);     \
      }                                                                                           \
      if (has_rest) rests[p] = q->accumulates ? tono_load8(y[p] + rest) : (tono_v8)(0);           \
    }                                                                                             \
    const int32_t run = q->run;                                                                   \
    const int64_t step = q->outputs;                                                              \
    for (int32_t r = 0; r < q->rows; r++) {                                                       \
      const float *cells[POSITIONS];                                                              \
      TONO_UNROLL for (int p = 0; p < POSITIONS; p++) cells[p] = x[p] + r * q->row_stride;        \
      for (int32_t j = 0; j < run; j++, w += step) {                                              \
        tono_wide weights[wides + 1];                                                             \
        tono_v8 last;                                                                             \
        TONO_UNROLL for (int v = 0; v < wides; v++) {                                             \
          weights[v] = tono_load_wide(w + v * TONO_LANES);                                        \
        }                                                                                         \
        if (has_rest) last = tono_load8(w + rest);                                                \
        TONO_UNROLL for (int p = 0; p < POSITIONS; p++) {                                         \
          const float cell = cells[p][j];                                                         \
          TONO_UNROLL for (int v = 0; v < wides; v++) sums[p][v] += weights[v] * cell;            \
          if (has_rest) rests[p] += last * cell;                                                  \
        }                                                                                         \
      }                                                                                           \
    }                                                                                             \
    TONO_UNROLL for (int p = 0; p < POSITIONS; p++) {                                             \
      TONO_UNROLL for (int v = 0; v < wides; v++) {                                               \
        tono_store_wide(y[p] + v * TONO_LANES, sums[p][v]);                                       \
      }                                                                                           \
      if (has_rest) tono_store8(y[p] + rest, rests[p]);                                           \
    }                                                                                             \
  }

typedef void (*tono_tile_kernel)(const float *const *x, const float *w, const tono_product *q,
                                 float *const *y);

#if TONO_LANES == 16
#define TONO_EACH_UNIT(F, P) F(P, 1) F(P, 2) F(P, 3) F(P, 4) F(P, 5) F(P, 6)
#else
#define TONO_EACH_UNIT(F, P) F(P, 1) F(P, 2) F(P, 3)
#endif
#if TONO_REGISTERS == 32
#define TONO_EACH_TILE(F) F(1) F(2) F(3) F(4) F(5) F(6) F(7) F(8)
#else
#define TONO_EACH_TILE(F) F(1) F(2) F(3) F(4)
#endif
#define TONO_DEFINE_TILES(P) TONO_EACH_UNIT(TONO_DEFINE_TILE, P)
TONO_EACH_TILE(TONO_DEFINE_TILES)
#define TONO_NAME_TILE(P, UNITS) tono_tile_##P##_##UNITS,
#define TONO_NAME_TILES(P) {TONO_EACH_UNIT(TONO_NAME_TILE, P)},
static const tono_tile_kernel tono_tiles[TONO_POSITIONS][TONO_UNITS] = {
    TONO_EACH_TILE(TONO_NAME_TILES)};

// The outputs that the next tile takes of those left, a multiple of 8 like all numbers of outputs.
TONO_INLINE int32_t tono_tile_width(int32_t left) {
  return left < TONO_UNITS * TONO_UNIT ? left : TONO_UNITS * TONO_UNIT;
}

// The cells that the next tile takes of those left: as few tiles as possible, all about alike, since a
// small tile's sums wait for each other.
TONO_INLINE int32_t tono_tile_positions(int32_t left) {
  const int32_t tiles = (left + TONO_POSITIONS - 1) / TONO_POSITIONS;
  return (left + tiles - 1) / tiles;
}

// `width` outputs of `count` cells.
TONO_INLINE void tono_tile(const float *const *x, int32_t count, const float *w, int32_t width,
                           const tono_product *q, float *const *y) {
  tono_tiles[count - 1][width / TONO_UNIT - 1](x, w, q, y);
}
