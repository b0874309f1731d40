#ifndef TONO_PROGRAM_H
#define TONO_PROGRAM_H

#include <stdint.h>

#include "tono_canvas.h"
#include "tono_sound.h"

// Kernels of compiled networks, one set of them for each instruction set. Maps are channels last:
// `cell` floats for each cell, cells of a row side by side, rows `pitch` floats apart.

// A convolution without padding, its bias, and optionally max(·, 0) and the largest cell of windows
// that do not overlap.
typedef struct {
  int32_t kernel_rows, kernel_columns;
  int32_t stride_rows, stride_columns;
  int32_t dilation_rows;               // along columns there is no dilation
  int32_t window_rows, window_columns; // 1×1 for no pooling
  int32_t rectifies;                   // whether negative results become 0
  int32_t input_cell, output_cell;     // floats of a cell; output_cell is a multiple of 8
  int64_t input_pitch, output_pitch;
} tono_convolution;

// What a kernel that works on rows of output does not have to do: first ..< first + count.
typedef struct {
  int32_t first, count;
} tono_rows;

// The shape of the blocks in which tono_kernel_set.winograd computes a convolution.
typedef struct {
  int32_t tile_rows, tile_columns;   // tiles of a block; each gives 9 − kernel cells along each axis
  int32_t output_rows;               // rows of output that a block gives; blocks start at multiples
  int64_t scratch;                   // floats of scratch memory it needs
} tono_winograd_block;

// The blocks for `columns` columns of output.
tono_winograd_block tono_winograd_blocks(const tono_convolution *_Nonnull c, int32_t columns);

// Kernels as Winograd's filtering takes them, and the way back for their gradients: G·w·Gᵀ and
// Gᵀ·u·G, in double precision.
typedef struct {
  int32_t kernel_rows, kernel_columns;
  const double *_Nonnull vertical, *_Nonnull horizontal;  // G, [8, kernel_rows or kernel_columns]
} tono_winograd_kernels;

// `count` kernels w times `scale`, `step` floats apart, to 64 planes u, a kernel's floats `u_step` apart.
void tono_winograd_transform(const tono_winograd_kernels *_Nonnull k, const float *_Nonnull w,
                             int64_t step, int32_t count, double scale, float *_Nonnull u,
                             int64_t u_step, int64_t plane);

// The adjoint: d_w = scale · Gᵀ·d_u·G of `count` kernels.
void tono_winograd_transform_adjoint(const tono_winograd_kernels *_Nonnull k,
                                     const float *_Nonnull d_u, int64_t u_step, int64_t plane,
                                     int32_t count, double scale, float *_Nonnull d_w,
                                     int64_t step);

// Floats of scratch memory that tono_kernel_set.convolve needs.
int64_t tono_convolve_scratch(const tono_convolution *_Nonnull c);

// What training needs beside: tono_training.h.
typedef struct tono_training_kernels tono_training_kernels;

typedef struct {
  // The set's name: scalar, baseline, avx2, avx512 or neon.
  const char *_Nonnull name;

  // output = pool(rectify(input ∗ weights + bias)) for some of its rows, all of its columns.
  // input    the cells under output cell (0, 0) first
  // weights  [kernel_rows, kernel_columns, input_cell, output_cell]
  // bias     [output_cell]
  // output   the map's first cell; winners [rows, columns, output_cell], which cell of its window,
  //          in row-major order, each output comes from (the first of equals), or NULL
  // Every cell is summed by the same operations in the same order: equal patches give equal bits.
  void (*_Nonnull convolve)(const tono_convolution *_Nonnull c, const float *_Nonnull input,
                            const float *_Nonnull weights, const float *_Nonnull bias,
                            tono_rows rows, int32_t columns, float *_Nonnull scratch,
                            float *_Nonnull output, uint8_t *_Nullable winners);

  // The same by Winograd's minimal filtering with eight points, for kernels of 2×2 to 7×7 cells,
  // strides and dilation 1. Blocks may read up to 7 rows and columns beyond the input they need.
  // weights  [8·8, input_cell, output_cell], transformed
  // rows     the first is a multiple of tono_winograd_block.output_rows
  void (*_Nonnull winograd)(const tono_convolution *_Nonnull c, const float *_Nonnull input,
                            const float *_Nonnull weights, const float *_Nonnull bias,
                            tono_rows rows, int32_t columns,
                            float *_Nonnull scratch, float *_Nonnull output,
                            uint8_t *_Nullable winners);

  // The adjoint of convolve, for some rows of the input: adds to d_input.
  // d_output, output  the map's first cell; where the convolution rectifies, gradients of outputs
  //          that are 0 count nothing
  // weights  [kernel_rows, output_cell, run], run = kernel_columns · input_cell, filled with zeros up
  //          to a multiple of 16: whole cache lines. The last run of a row may touch 7 floats behind it
  // rows     rows of input, of which there are as many as the output needs
  // scratch  tono_scatter_scratch bytes
  void (*_Nonnull scatter)(const tono_convolution *_Nonnull c, const float *_Nonnull d_output,
                           const float *_Nonnull output, const uint8_t *_Nullable winners,
                           const float *_Nonnull weights, int32_t output_rows, int32_t columns,
                           tono_rows rows, void *_Nonnull scratch,
                           float *_Nonnull d_input);

  // The same for an input of one float a cell.
  // table    [output_cell, window_rows · window_columns, patch_rows, patch], the kernel placed where
  //          each winner has it; patch_rows = (window_rows − 1) · stride_rows +
  //          (kernel_rows − 1) · dilation_rows + 1, patch a multiple of 8
  void (*_Nonnull scatter_table)(const tono_convolution *_Nonnull c, const float *_Nonnull d_output,
                                 const float *_Nonnull output, const uint8_t *_Nullable winners,
                                 const float *_Nonnull table, int32_t patch, int32_t output_rows,
                                 int32_t columns, tono_rows rows, float *_Nonnull d_input);

  // One output channel without pooling, one float a cell: output = rectify(input ∗ weights + bias).
  // weights  [kernel_rows, kernel_columns · input_cell]
  void (*_Nonnull convolve_channel)(const tono_convolution *_Nonnull c, const float *_Nonnull input,
                                    const float *_Nonnull weights, float bias, tono_rows rows,
                                    int32_t columns, float *_Nonnull output);

  // The adjoint of convolve_channel, for some rows of the input: adds to d_input. Strides are 1, and
  // input_cell is 1 or a multiple of 8.
  // d_output, output  the map's first cell
  // scratch  tono_scatter_channel_scratch floats
  void (*_Nonnull scatter_channel)(const tono_convolution *_Nonnull c,
                                   const float *_Nonnull d_output, const float *_Nonnull output,
                                   const float *_Nonnull weights, int32_t output_rows,
                                   int32_t columns, tono_rows rows, float *_Nonnull scratch,
                                   float *_Nonnull d_input);

  // y[o, c] = Σ_i weight(o, i) · x[i, c] + bias[o], for maps with their channels first.
  // weights  element (o, i) at o · output_stride + i · input_stride
  // bias     [outputs], or NULL for none
  // x        [inputs, columns], rows x_length apart; y [outputs, columns], rows y_length apart
  // Every column is summed by the same operations in the same order, from i = 0 up: equal columns
  // give equal results to the bit. (OpenBLAS' sgemm does not keep this: cells of a flat spectrogram,
  // which tie before a max-pool, would be told apart by rounding.)
  void (*_Nonnull multiply)(const float *_Nonnull weights, int64_t output_stride,
                            int64_t input_stride, int32_t outputs, int32_t inputs,
                            const float *_Nullable bias, const float *_Nonnull x, int64_t x_length,
                            float *_Nonnull y, int64_t y_length, int32_t columns);

  // answers[n] = bias + Σ_i weights[i] · rectify(one[i] + others[n, i]): a rectifier and one neuron behind
  // it, for many vectors that differ from each other by what is added to the same one.
  // one, weights  [width]
  // others        [count, width]
  // Every answer is summed by the same operations in the same order, whatever its companions.
  void (*_Nonnull rectified_sums)(const float *_Nonnull one, const float *_Nonnull others,
                                  const float *_Nonnull weights, float bias, int64_t width,
                                  int64_t count, float *_Nonnull answers);

  // What an ascent computes besides the network.
  tono_canvas_kernels canvas;
  // What lies between samples and levels.
  tono_sound_kernels sound;
  const tono_training_kernels *_Nonnull training;
} tono_kernel_set;

// Bytes of scratch memory that tono_kernel_set.scatter needs for a map of `columns` columns.
int64_t tono_scatter_scratch(const tono_convolution *_Nonnull c, int32_t columns);

// Floats of scratch memory that tono_kernel_set.scatter_channel needs for `rows` rows of input and a map
// of `columns` columns.
int64_t tono_scatter_channel_scratch(const tono_convolution *_Nonnull c, int32_t rows,
                                     int32_t columns);

// The sets that this processor can run, the plain one first and the fastest last; NULL ends them.
const tono_kernel_set *_Nullable tono_kernel_set_at(int32_t index);

#endif
