#ifndef TONO_KERNELS_H
#define TONO_KERNELS_H

#include <stdint.h>

#include "tono_program.h"

// A sliding window over a map: `rows`×`columns` cells of input, `out_rows`×`out_columns` of output.
// The window of output cell (r, c) begins at input cell
// (r·stride_rows − pad_top, c·stride_columns − pad_left); cells outside the input are padding.
typedef struct {
  int32_t rows, columns;
  int32_t out_rows, out_columns;
  int32_t kernel_rows, kernel_columns;
  int32_t stride_rows, stride_columns;
  int32_t dilation_rows, dilation_columns;
  int32_t pad_top, pad_left;
} tono_window;

// The input cells under each kernel cell, for the output rows first_row ..< first_row + row_count.
// input    [channels, rows, columns]
// patches  [channels · kernel_rows · kernel_columns, row_count · out_columns]; padding is 0
void tono_im2col(const float *input, int32_t channels, tono_window window, int32_t first_row,
                 int32_t row_count, float *patches);

// The adjoint of tono_im2col: adds each patch cell's gradient to the input cell it came from.
// d_patches as `patches` above; d_input [channels, rows, columns], added to
void tono_col2im_add(const float *d_patches, int32_t channels, tono_window window,
                     int32_t first_row, int32_t row_count, float *d_input);

// The largest cell of each window; padding never wins.
// input [channels, rows, columns], output [channels, out_rows, out_columns]
void tono_max_pool(const float *input, int32_t channels, tono_window window, float *output);

// Hands each output cell's gradient to the first largest cell of its window.
// d_output [channels, out_rows, out_columns]; d_input [channels, rows, columns], added to
void tono_max_pool_backward_add(const float *d_output, const float *input, int32_t channels,
                                tono_window window, float *d_input);

// The mean of each window's cells; padding is not counted.
// input [channels, rows, columns], output [channels, out_rows, out_columns]
void tono_average_pool(const float *input, int32_t channels, tono_window window, float *output);

// Shares each output cell's gradient equally among the cells of its window.
// d_output [channels, out_rows, out_columns]; d_input [channels, rows, columns], added to
void tono_average_pool_backward_add(const float *d_output, int32_t channels, tono_window window,
                                    float *d_input);

#endif
