// Convolution of maps of one channel: the lanes of a vector are pooling windows side by side, so that
// the largest cell of each is found between vectors, and any number of output channels fills them.
#pragma once

#include "tono_blocks.h"
#include "tono_vectors.h"

// Vectors of sums: as many of 32 registers as leave some for weights and cells.
#define TONO_SUMS 24

// Whether tono_convolve_windows computes this convolution: windows have few enough cells.
TONO_INLINE int tono_fits_windows(const tono_convolution *c) {
  const int32_t places = c->window_rows * c->window_columns;
  return c->input_cell == 1 && places <= 8 && places != 5 && places != 7;
}

// A chunk of windows: their cells' input, spread out so that lanes read side by side.
// spread[row, column, window] is the input under column `column` of each window.
typedef struct {
  int32_t rows, columns, pitch;  // pitch: whole cache lines of windows
  float *spread;
  float *values;     // [output_cell, pitch]
  int32_t *winners;  // [output_cell, pitch]
} tono_windows;

// Spreads `count` windows out whose input begins at x. Columns that one window shares with the next
// are copied from it.
static void tono_spread_windows(const tono_convolution *c, const tono_windows *s, const float *x,
                                int32_t count) {
  const int32_t step = c->window_columns * c->stride_columns;
  for (int32_t row = 0; row < s->rows; row++, x += c->input_pitch) {
    for (int32_t column = 0; column < s->columns; column++) {
      float *y = s->spread + (int64_t)(row * s->columns + column) * s->pitch;
      if (column < step) {
        for (int32_t i = 0; i < count; i++) y[i] = x[i * step + column];
      } else {
        memcpy(y, y - (int64_t)step * s->pitch + 1, sizeof(float) * (size_t)(count - 1));
        y[count - 1] = x[(count - 1) * step + column];
      }
      for (int32_t i = count; i < s->pitch; i++) y[i] = 0;
    }
  }
}

// One vector of windows × `channels` outputs: values and winners.
TONO_INLINE void tono_sum_windows(const tono_convolution *c, const tono_windows *s, const float *x,
                                  const float *weights, const float *bias, const int32_t places,
                                  const int32_t channels, float *values, int32_t *winners) {
  const int64_t row_step = (int64_t)s->columns * s->pitch;
  int64_t at[8];
  TONO_UNROLL for (int32_t a = 0; a < places; a++) {
    at[a] = a / c->window_columns * c->stride_rows * row_step +
            (int64_t)(a % c->window_columns) * c->stride_columns * s->pitch;
  }
  tono_wide sums[8][TONO_SUMS];
  TONO_UNROLL for (int32_t o = 0; o < channels; o++) {
    TONO_UNROLL for (int32_t a = 0; a < places; a++) sums[o][a] = 0;
  }
  for (int32_t kr = 0; kr < c->kernel_rows; kr++) {
    const float *cells = x + kr * c->dilation_rows * row_step;
    for (int32_t kc = 0; kc < c->kernel_columns; kc++) {
      TONO_UNROLL for (int32_t a = 0; a < places; a++) {
        const tono_wide cell = tono_load_wide(cells + at[a]);
        TONO_UNROLL for (int32_t o = 0; o < channels; o++) sums[o][a] += cell * weights[o];
      }
      cells += s->pitch;
      weights += c->output_cell;
    }
  }
  TONO_UNROLL for (int32_t o = 0; o < channels; o++) {
    tono_wide best = sums[o][0];
    tono_wide_index winner = 0;
    TONO_UNROLL for (int32_t a = 1; a < places; a++) {
      const tono_wide_index wins = sums[o][a] > best;
      best = wins ? sums[o][a] : best;
      winner = wins ? (tono_wide_index)(a) : winner;
    }
    best += bias[o];
    if (c->rectifies) best = best > 0 ? best : 0;
    tono_store_wide(values + o * s->pitch, best);
    *(tono_wide_index *)(winners + o * s->pitch) = winner;
  }
}

// All outputs of the windows whose spread input begins at x. The last outputs may share some with
// those before, which then are computed again.
TONO_INLINE void tono_sum_outputs(const tono_convolution *c, const tono_windows *s, const float *x,
                                  const float *weights, const float *bias, const int32_t places,
                                  const int32_t channels) {
  for (int32_t next = 0; next < c->output_cell; next += channels) {
    const int32_t last = c->output_cell - channels, o = next < last ? next : last;
    for (int32_t i = 0; i < s->pitch; i += TONO_LANES) {
      tono_sum_windows(c, s, x + i, weights + o, bias + o, places, channels,
                       s->values + o * s->pitch + i, s->winners + o * s->pitch + i);
    }
  }
}

// The same for any window that fits.
static void tono_sum_chunk(const tono_convolution *c, const tono_windows *s, const float *x,
                           const float *weights, const float *bias) {
#define TONO_PLACES(PLACES)                                                                       \
  case PLACES:                                                                                    \
    tono_sum_outputs(c, s, x, weights, bias, PLACES,                                              \
                     TONO_SUMS / PLACES < 8 ? TONO_SUMS / PLACES : 8);                            \
    break;
  switch (c->window_rows * c->window_columns) {
    TONO_PLACES(1)
    TONO_PLACES(2)
    TONO_PLACES(3)
    TONO_PLACES(4)
    TONO_PLACES(6)
    TONO_PLACES(8)
  }
#undef TONO_PLACES
}

// Rows of eight become columns.
#define TONO_TRANSPOSE(V, r)                                                                      \
  do {                                                                                            \
    V s[8], t[8];                                                                                 \
    TONO_UNROLL for (int i = 0; i < 8; i += 2) {                                                  \
      s[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);                  \
      s[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);              \
    }                                                                                             \
    TONO_UNROLL for (int i = 0; i < 8; i += 4) {                                                  \
      TONO_UNROLL for (int j = i; j < i + 2; j++) {                                               \
        t[j] = __builtin_shufflevector(s[j], s[j + 2], 0, 1, 8, 9, 4, 5, 12, 13);                 \
        t[j + 2] = __builtin_shufflevector(s[j], s[j + 2], 2, 3, 10, 11, 6, 7, 14, 15);           \
      }                                                                                           \
    }                                                                                             \
    TONO_UNROLL for (int i = 0; i < 4; i++) {                                                     \
      r[i] = __builtin_shufflevector(t[i], t[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);                   \
      r[i + 4] = __builtin_shufflevector(t[i], t[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);             \
    }                                                                                             \
  } while (0)

// Writes the values and winners of `count` windows with their channels last.
static void tono_gather_windows(const tono_convolution *c, const tono_windows *s, int32_t count,
                                float *output, uint8_t *winners) {
  for (int32_t o = 0; o < c->output_cell; o += 8) {
    for (int32_t k = 0; k < count; k += 8) {
      const int32_t all = count - k < 8 ? count - k : 8;
      const int64_t start = (int64_t)k * c->output_cell + o;
      tono_v8 values[8];
      tono_i8 places[8];
      TONO_UNROLL for (int32_t i = 0; i < 8; i++) {
        values[i] = tono_load8(s->values + (o + i) * s->pitch + k);
        places[i] = *(const tono_i8 *)(s->winners + (o + i) * s->pitch + k);
      }
      TONO_TRANSPOSE(tono_v8, values);
      for (int32_t i = 0; i < all; i++) {
        tono_store8(output + start + (int64_t)i * c->output_cell, values[i]);
      }
      if (!winners) continue;
      TONO_TRANSPOSE(tono_i8, places);
      for (int32_t i = 0; i < all; i++) {
        *(tono_b8 *)(winners + start + (int64_t)i * c->output_cell) =
            __builtin_convertvector(places[i], tono_b8);
      }
    }
  }
}

static void tono_convolve_windows(const tono_convolution *c, const float *input,
                                  const float *weights, const float *bias, tono_rows rows,
                                  int32_t columns, float *scratch, float *output,
                                  uint8_t *winners) {
  const int64_t winners_pitch = (int64_t)columns * c->output_cell;
  const int32_t row_step = c->window_rows * c->stride_rows;
  const int32_t column_step = c->window_columns * c->stride_columns;
  for (int32_t r = rows.first; r < rows.first + rows.count; r += TONO_WINDOW_ROWS) {
    const int32_t left = rows.first + rows.count - r;
    const int32_t all = left < TONO_WINDOW_ROWS ? left : TONO_WINDOW_ROWS;
    for (int32_t k = 0; k < columns; k += TONO_WINDOWS) {
      const int32_t count = columns - k < TONO_WINDOWS ? columns - k : TONO_WINDOWS;
      tono_windows s = {tono_window_rows(c, all), tono_window_columns(c), (count + 15) / 16 * 16};
      s.values = scratch;
      s.winners = (int32_t *)(scratch + c->output_cell * s.pitch);
      s.spread = scratch + 2 * c->output_cell * s.pitch;
      tono_spread_windows(c, &s, input + r * row_step * c->input_pitch + k * column_step, count);
      for (int32_t i = 0; i < all; i++) {
        tono_sum_chunk(c, &s, s.spread + (int64_t)i * row_step * s.columns * s.pitch, weights,
                       bias);
        const int64_t start = (int64_t)k * c->output_cell;
        tono_gather_windows(c, &s, count, output + (r + i) * c->output_pitch + start,
                            winners ? winners + (r + i) * winners_pitch + start : 0);
      }
    }
  }
}
