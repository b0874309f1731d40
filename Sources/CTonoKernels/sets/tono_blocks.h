// How kernels cut their work into blocks: the same for every set, whatever the threads.
#pragma once

#include "tono_program.h"

// Columns of output that tono_kernel_set.convolve computes at once: about 16 KiB of cells.
static inline int32_t tono_convolve_columns(const tono_convolution *c) {
  const int32_t columns = 4096 / (c->window_rows * c->window_columns * c->output_cell);
  return columns < 1 ? 1 : columns;
}

// Floats between the 64 planes of transformed tiles: not a multiple of the cache's own stride.
static inline int64_t tono_winograd_plane(int32_t tiles, int32_t cell) {
  return (int64_t)tiles * cell + 16;
}

