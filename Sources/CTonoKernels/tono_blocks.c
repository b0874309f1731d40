#include "sets/tono_blocks.h"
#include "tono_training.h"

static int32_t tono_common_divisor(int32_t a, int32_t b) {
  while (b) {
    const int32_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

int64_t tono_convolve_scratch(const tono_convolution *c) {
  const int64_t block =
      (int64_t)tono_convolve_columns(c) * c->window_rows * c->window_columns * c->output_cell;
  if (c->input_cell > 1) return block;
  const int64_t spread = tono_window_rows(c, TONO_WINDOW_ROWS) * tono_window_columns(c);
  const int64_t windows = TONO_WINDOWS * (spread + 2 * c->output_cell);
  return windows > block ? windows : block;
}

tono_winograd_block tono_winograd_blocks(const tono_convolution *c, int32_t columns) {
  const int32_t rows_of_tile = 9 - c->kernel_rows, columns_of_tile = 9 - c->kernel_columns;
  // Tiles whose planes fit a core's second-level cache beside the weights of a few of them.
  int32_t most = 98304 / (64 * (c->input_cell + c->output_cell));
  if (most > 24) most = 24;
  // Blocks hold whole windows.
  const int32_t row_unit = c->window_rows / tono_common_divisor(rows_of_tile, c->window_rows);
  const int32_t column_unit =
      c->window_columns / tono_common_divisor(columns_of_tile, c->window_columns);
  const int32_t all = (columns * c->window_columns + columns_of_tile - 1) / columns_of_tile;
  int32_t tile_columns = most / row_unit / column_unit * column_unit;
  const int32_t wanted = (all + column_unit - 1) / column_unit * column_unit;
  if (tile_columns > wanted) tile_columns = wanted;
  if (tile_columns < column_unit) tile_columns = column_unit;
  int32_t tile_rows = most / tile_columns / row_unit * row_unit;
  if (tile_rows < row_unit) tile_rows = row_unit;
  const int32_t tiles = tile_rows * tile_columns;
  tono_winograd_block block = {tile_rows, tile_columns,
                               tile_rows * rows_of_tile / c->window_rows, 0};
  block.scratch = 64 * (tono_winograd_plane(tiles, c->input_cell) +
                        tono_winograd_plane(tiles, c->output_cell)) +
                  (int64_t)tiles * rows_of_tile * columns_of_tile * c->output_cell;
  return block;
}

int64_t tono_scatter_scratch(const tono_convolution *c, int32_t columns) {
  // Per cell and output a gradient and its weights' place, per cell and place in its window their
  // number.
  return (int64_t)columns * (8 * c->output_cell + 4 * c->window_rows * c->window_columns);
}

int64_t tono_scatter_channel_scratch(const tono_convolution *c, int32_t rows, int32_t columns) {
  const int64_t weights = (int64_t)c->kernel_rows * c->kernel_columns * c->input_cell;
  const int64_t reach = (c->kernel_rows - 1) * c->dilation_rows;
  return weights + 16 + (rows + reach) * (columns + 2 * (c->kernel_columns - 1));
}

int64_t tono_winograd_adjoint_scratch(const tono_convolution *c, int32_t rows, int32_t columns) {
  const tono_adjoint_block block = tono_adjoint_blocks(c, rows, columns);
  const int32_t tiles = block.rows * block.columns;
  return 64 * (tono_winograd_plane(tiles, c->input_cell) +
               tono_winograd_plane(tiles, c->output_cell));
}
