// How kernels cut their work into blocks: the same for every set, whatever the threads.
#pragma once

#include "tono_program.h"

// More tiles read and write the 64 matrices of sums less often; fewer stay in the cache.
#define TONO_ADJOINT_TILES 16

// Columns of output that tono_kernel_set.convolve computes at once: about 16 KiB of cells.
static inline int32_t tono_convolve_columns(const tono_convolution *c) {
  const int32_t columns = 4096 / (c->window_rows * c->window_columns * c->output_cell);
  return columns < 1 ? 1 : columns;
}

// Output windows and rows of them that convolutions of one channel compute at once: their input stays
// in the first-level cache.
#define TONO_WINDOWS 64
#define TONO_WINDOW_ROWS 8

// The rows of input that `rows` rows of windows see, and the columns that one window sees.
static inline int32_t tono_window_rows(const tono_convolution *c, int32_t rows) {
  return (rows * c->window_rows - 1) * c->stride_rows + (c->kernel_rows - 1) * c->dilation_rows + 1;
}
static inline int32_t tono_window_columns(const tono_convolution *c) {
  return (c->window_columns - 1) * c->stride_columns + c->kernel_columns;
}

// Floats between the 64 planes of transformed tiles: not a multiple of the cache's own stride.
static inline int64_t tono_winograd_plane(int32_t tiles, int32_t cell) {
  return (int64_t)tiles * cell + 16;
}

// The tiles that tono_training_kernels.winograd_adjoint transforms at once.
typedef struct {
  int32_t rows, columns;
} tono_adjoint_block;

static inline tono_adjoint_block tono_adjoint_blocks(const tono_convolution *c, int32_t rows,
                                                       int32_t columns) {
  const int32_t all_rows = (rows + 8 - c->kernel_rows) / (9 - c->kernel_rows);
  const int32_t all_columns = (columns + 8 - c->kernel_columns) / (9 - c->kernel_columns);
  const int32_t parts = (all_columns + TONO_ADJOINT_TILES - 1) / TONO_ADJOINT_TILES;
  // Whole register tiles.
  tono_adjoint_block block = {1, ((all_columns + parts - 1) / parts + 3) / 4 * 4};
  block.rows = TONO_ADJOINT_TILES / block.columns;
  if (block.rows < 1) block.rows = 1;
  if (block.rows > all_rows) block.rows = all_rows;
  return block;
}
