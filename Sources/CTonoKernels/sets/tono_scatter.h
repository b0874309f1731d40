// Gradients to the input of a convolution whose output gradient is mostly zero: only winners of
// their windows that were not rectified away have one, and each hands it to the cells it saw.
#pragma once

#include "tono_vectors.h"

// Vectors of 8 floats that are summed at once.
#define TONO_RUN_VECTORS (TONO_LANES == 16 ? 24 : 12)

// A gradient and where its channel's weights begin.
typedef struct {
  float gradient;
  int32_t weights;
} tono_winner;

// The gradient of one output channel that counts.
TONO_INLINE float tono_gradient(const tono_convolution *c, const float *d_output,
                                const float *output, int64_t index) {
  return c->rectifies && !(output[index] > 0) ? 0 : d_output[index];
}

// Sorts a row's gradients that are not zero by cell and place in the window; `counts` says how many
// each has.
static void tono_collect_winners(const tono_convolution *c, int32_t run, const float *d_output,
                                 const float *output, const uint8_t *winners, int32_t columns,
                                 tono_winner *list, int32_t *counts) {
  const int32_t places = c->window_rows * c->window_columns;
  int32_t next[256];
  for (int32_t k = 0; k < columns; k++, counts += places) {
    const int64_t cell = (int64_t)k * c->output_cell;
    memset(counts, 0, sizeof(int32_t) * (size_t)places);
    for (int32_t o = 0; winners && o < c->output_cell; o++) {
      counts[winners[cell + o]] += tono_gradient(c, d_output, output, cell + o) != 0;
    }
    next[0] = 0;
    for (int32_t a = 1; a < places; a++) next[a] = next[a - 1] + counts[a - 1];
    for (int32_t o = 0; o < c->output_cell; o++) {
      const float gradient = tono_gradient(c, d_output, output, cell + o);
      if (gradient == 0) continue;
      list[next[winners ? winners[cell + o] : 0]++] = (tono_winner){gradient, o * run};
    }
    if (!winners) counts[0] = next[0];
    list += next[places - 1];
  }
}

// d[0 ..< 8·COUNT] += Σ gradient · weights[channel], in wide vectors and one of 8 for what is left. Sums
// begin at 0, so that they need not wait for what neighbouring cells just stored.
#define TONO_DEFINE_RUN(COUNT)                                                                    \
  static void tono_run_##COUNT(const tono_winner *list, int32_t n, const float *weights,          \
                               float *d) {                                                        \
    enum { wides = 8 * COUNT / TONO_LANES, rest = wides * TONO_LANES };                           \
    tono_wide sums[wides + 1];                                                                    \
    tono_v8 last = 0;                                                                             \
    TONO_UNROLL for (int v = 0; v < wides; v++) sums[v] = 0;                                      \
    for (int32_t i = 0; i < n; i++) {                                                             \
      const float gradient = list[i].gradient;                                                    \
      const float *w = weights + list[i].weights;                                                 \
      TONO_UNROLL for (int v = 0; v < wides; v++) {                                               \
        sums[v] += tono_load_wide(w + v * TONO_LANES) * gradient;                                 \
      }                                                                                           \
      if (rest < 8 * COUNT) last += tono_load8(w + rest) * gradient;                              \
    }                                                                                             \
    TONO_UNROLL for (int v = 0; v < wides; v++) {                                                 \
      float *cells = d + v * TONO_LANES;                                                          \
      tono_store_wide(cells, tono_load_wide(cells) + sums[v]);                                    \
    }                                                                                             \
    if (rest < 8 * COUNT) tono_store8(d + rest, tono_load8(d + rest) + last);                     \
  }

#define TONO_FIRST_RUNS(F) F(1) F(2) F(3) F(4) F(5) F(6) F(7) F(8) F(9) F(10) F(11) F(12)
#if TONO_LANES == 16
#define TONO_EACH_RUN(F)                                                                          \
  TONO_FIRST_RUNS(F)                                                                              \
  F(13) F(14) F(15) F(16) F(17) F(18) F(19) F(20) F(21) F(22) F(23) F(24)
#else
#define TONO_EACH_RUN(F) TONO_FIRST_RUNS(F)
#endif
TONO_EACH_RUN(TONO_DEFINE_RUN)

typedef void (*tono_run)(const tono_winner *, int32_t, const float *, float *);
#define TONO_NAME_RUN(COUNT) tono_run_##COUNT,
static const tono_run tono_runs[TONO_RUN_VECTORS] = {TONO_EACH_RUN(TONO_NAME_RUN)};

// The output rows first ..< last whose windows see any of these input rows.
TONO_INLINE void tono_seen_by(const tono_convolution *c, tono_rows rows, int32_t output_rows,
                              int32_t *first, int32_t *last) {
  const int32_t step = c->window_rows * c->stride_rows;
  const int32_t reach =
      (c->window_rows - 1) * c->stride_rows + (c->kernel_rows - 1) * c->dilation_rows;
  *first = rows.first <= reach ? 0 : (rows.first - reach + step - 1) / step;
  *last = (rows.first + rows.count - 1) / step + 1;
  if (*last > output_rows) *last = output_rows;
}

static void tono_scatter(const tono_convolution *c, const float *d_output, const float *output,
                         const uint8_t *winners, const float *weights, int32_t output_rows,
                         int32_t columns, tono_rows rows, void *scratch, float *d_input) {
  const int32_t places = c->window_rows * c->window_columns;
  const int32_t vectors = (c->kernel_columns * c->input_cell + 7) / 8;
  const int32_t run = (vectors + 1) / 2 * 16;
  // Pieces of a run are as long as registers allow: their weights stay in the first-level cache. They
  // begin at wide vectors.
  const int32_t pieces = (vectors + TONO_RUN_VECTORS - 1) / TONO_RUN_VECTORS;
  const int32_t piece = ((vectors + pieces - 1) / pieces + 1) / 2 * 2;
  const int64_t winners_pitch = (int64_t)columns * c->output_cell;
  const int64_t step = (int64_t)c->stride_columns * c->input_cell;
  int32_t *counts = scratch;
  tono_winner *list = (tono_winner *)(counts + (int64_t)columns * places);
  int32_t first, last;
  tono_seen_by(c, rows, output_rows, &first, &last);
  for (int32_t r = first; r < last; r++) {
    tono_collect_winners(c, run, d_output + r * c->output_pitch, output + r * c->output_pitch,
                         winners ? winners + r * winners_pitch : 0, columns, list, counts);
    for (int32_t kr = 0; kr < c->kernel_rows; kr++) {
      const float *row_weights = weights + (int64_t)kr * c->output_cell * run;
      for (int32_t v = 0; v < vectors; v += piece) {
        const tono_run sum = tono_runs[(vectors - v < piece ? vectors - v : piece) - 1];
        const tono_winner *next = list;
        const int32_t *count = counts;
        for (int32_t k = 0; k < columns; k++) {
          for (int32_t wr = 0; wr < c->window_rows; wr++) {
            const int32_t row =
                (r * c->window_rows + wr) * c->stride_rows + kr * c->dilation_rows;
            const int mine = row >= rows.first && row < rows.first + rows.count;
            float *d = d_input + row * c->input_pitch + k * c->window_columns * step + 8 * v;
            for (int32_t wc = 0; wc < c->window_columns; wc++, next += *count++, d += step) {
              if (*count > 0 && mine) sum(next, *count, row_weights + 8 * v, d);
            }
          }
        }
      }
    }
  }
}

// Bytes of a table that stay in cache.
#define TONO_TABLE 40960

// `rows` rows of one vector += Σ over channels of gradient · table. Where patches are a vector wide,
// two rows of one lie side by side.
TONO_INLINE void tono_scatter_rows(const float *gradients, const uint8_t *winners,
                                   const float *table, int64_t entry, int32_t places,
                                   const int32_t patch, int32_t count, const int32_t rows,
                                   float *d, int64_t pitch) {
  const int32_t pairs = TONO_LANES == 16 && patch == 8 ? rows / 2 : 0;
  // Few sums wait for each other: then every other channel has its own.
  const int32_t halves = TONO_LANES == 16 ? 2 : 1;
  tono_v16 twos[2][4];
  tono_v8 sums[8], others[8];
  TONO_UNROLL for (int32_t pair = 0; pair < pairs; pair++) twos[0][pair] = twos[1][pair] = 0;
  TONO_UNROLL for (int32_t row = 2 * pairs; row < rows; row++) sums[row] = others[row] = 0;
  for (int32_t o = 0; o < count; o += halves) {
    TONO_UNROLL for (int32_t half = 0; half < halves; half++, table += places * entry) {
      const float gradient = gradients[o + half];
      const float *t = table + (winners ? winners[o + half] * entry : 0);
      TONO_UNROLL for (int32_t pair = 0; pair < pairs; pair++) {
        twos[half][pair] += *(const tono_v16 *)(t + 16 * pair) * gradient;
      }
      tono_v8 *mine = half ? others : sums;
      TONO_UNROLL for (int32_t row = 2 * pairs; row < rows; row++) {
        mine[row] += tono_load8(t + row * patch) * gradient;
      }
    }
  }
  TONO_UNROLL for (int32_t pair = 0; pair < pairs; pair++) {
    twos[0][pair] += twos[1][pair];
    sums[2 * pair] = twos[0][pair].lo;
    sums[2 * pair + 1] = twos[0][pair].hi;
  }
  if (halves == 2) {
    TONO_UNROLL for (int32_t row = 2 * pairs; row < rows; row++) sums[row] += others[row];
  }
  TONO_UNROLL for (int32_t row = 0; row < rows; row++) {
    tono_store8(d + row * pitch, tono_load8(d + row * pitch) + sums[row]);
  }
}

// The rows from ..< to of a patch: one vector of each.
TONO_INLINE void tono_scatter_patch(const float *gradients, const uint8_t *winners,
                                    const float *table, int64_t entry, int32_t places,
                                    const int32_t patch, int32_t count, int32_t from, int32_t to,
                                    float *d, int64_t pitch) {
  for (int32_t row = from; row < to;) {
    const float *t = table + row * patch;
#define TONO_ROWS(ROWS)                                                                           \
  case ROWS:                                                                                      \
    tono_scatter_rows(gradients, winners, t, entry, places, patch, count, ROWS, d + row * pitch,  \
                      pitch);                                                                     \
    break;
    const int32_t rows = to - row < 8 ? to - row : 8;
    switch (rows) {
      TONO_ROWS(1)
      TONO_ROWS(2)
      TONO_ROWS(3)
      TONO_ROWS(4)
      TONO_ROWS(5)
      TONO_ROWS(6)
      TONO_ROWS(7)
      TONO_ROWS(8)
    }
#undef TONO_ROWS
    row += rows;
  }
}

static void tono_scatter_table(const tono_convolution *c, const float *d_output,
                               const float *output, const uint8_t *winners, const float *table,
                               int32_t patch, int32_t output_rows, int32_t columns,
                               tono_rows rows, float *d_input) {
  const int32_t places = c->window_rows * c->window_columns, cell = c->output_cell;
  const int32_t patch_rows =
      (c->window_rows - 1) * c->stride_rows + (c->kernel_rows - 1) * c->dilation_rows + 1;
  const int64_t entry = (int64_t)patch_rows * patch;
  // Channels whose part of the table stays in cache; at most those whose gradients have room.
  float gradients[64];
  int32_t group = (int32_t)(TONO_TABLE / (places * entry * (int64_t)sizeof(float))) / 8 * 8;
  group = group < 8 ? 8 : group > 64 ? 64 : group;
  int32_t first, last;
  tono_seen_by(c, rows, output_rows, &first, &last);
  for (int32_t o = 0; o < cell; o += group, table += group * places * entry) {
    const int32_t count = cell - o < group ? cell - o : group;
    for (int32_t r = first; r < last; r++) {
      const int32_t top = r * c->window_rows * c->stride_rows;
      // The rows of the patch that are asked.
      const int32_t from = rows.first > top ? rows.first - top : 0;
      const int32_t end = rows.first + rows.count - top;
      const int32_t to = end < patch_rows ? end : patch_rows;
      for (int32_t k = 0; k < columns; k++) {
        const int64_t start = r * c->output_pitch + (int64_t)k * cell + o;
        for (int32_t i = 0; i < count; i += 8) {
          const tono_v8 d = tono_load8(d_output + start + i);
          const tono_v8 y = tono_load8(output + start + i);
          tono_store8(gradients + i, c->rectifies ? (y > 0 ? d : 0) : d);
        }
        const uint8_t *w = winners ? winners + ((int64_t)r * columns + k) * cell + o : 0;
        float *d = d_input + top * c->input_pitch +
                   (int64_t)k * c->window_columns * c->stride_columns;
        if (patch == 8) {
          tono_scatter_patch(gradients, w, table, entry, places, 8, count, from, to, d,
                             c->input_pitch);
          continue;
        }
        for (int32_t v = 0; v < patch; v += 8) {
          tono_scatter_patch(gradients, w, table + v, entry, places, patch, count, from, to, d + v,
                             c->input_pitch);
        }
      }
    }
  }
}
