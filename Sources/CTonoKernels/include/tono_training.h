#ifndef TONO_TRAINING_H
#define TONO_TRAINING_H

#include <stdint.h>

#include "tono_program.h"

// Kernels that training needs beside those of tono_program.h: sums over maps for batch normalization,
// and gradients of weights. Cells are multiples of 8 floats; maps without a pitch have no gaps.
// Sums are added to what is there, in double precision.
struct tono_training_kernels {
  // The map of a convolution by Winograd's filtering, as tono_kernel_set.winograd without bias,
  // rectifier and pooling.
  // output   [rows, columns, output_cell] in whole tiles: there is room for 9 − kernel_rows rows and
  //          9 − kernel_columns columns of each, whatever is left over
  // scratch  tono_winograd_block.scratch floats
  void (*_Nonnull winograd_map)(const tono_convolution *_Nonnull c, const float *_Nonnull input,
                                const float *_Nonnull weights, int32_t rows, int32_t columns,
                                float *_Nonnull scratch, float *_Nonnull output);

  // sums[o] += Σ x, squares[o] += Σ x² over the cells of a map, rows `pitch` floats apart.
  void (*_Nonnull moments)(const float *_Nonnull x, int64_t pitch, int32_t rows, int32_t columns,
                           int32_t cell, double *_Nonnull sums, double *_Nonnull squares);

  // The largest cell of each window of a map with the bias added, and which it is.
  // c        window, rectifies, output_cell; output_pitch is that of the map x
  // output, winners  [rows, columns, output_cell]; winners may be NULL if windows have one cell
  void (*_Nonnull pool)(const tono_convolution *_Nonnull c, const float *_Nonnull x,
                        const float *_Nonnull bias, int32_t rows, int32_t columns,
                        float *_Nonnull output, uint8_t *_Nullable winners);

  // y = rectify(scale · x + shift), with numbers for each channel.
  void (*_Nonnull normalize)(const float *_Nonnull x, const float *_Nonnull scale,
                             const float *_Nonnull shift, int32_t rectifies, int64_t cells,
                             int32_t cell, float *_Nonnull y);

  // Replaces activations y by the gradient in front of their rectifier, d_y where y > 0 (everywhere,
  // if it does not rectify), and adds up: sums[o] += Σ d, products[o] += Σ d · x.
  void (*_Nonnull rectify_gradient)(const float *_Nonnull d_y, const float *_Nonnull x,
                                    int32_t rectifies, int64_t cells, int32_t cell,
                                    float *_Nonnull y, double *_Nonnull sums,
                                    double *_Nonnull products);

  // The gradient of a convolution's whole map: constant + slope · x, and factor · d where a cell has
  // won its window.
  // c        window, output_cell; output_pitch is that of the map x
  // x, y     [rows, columns, output_cell]
  // d, winners  [⌊rows ÷ window_rows⌋, ⌊columns ÷ window_columns⌋, output_cell]; winners may be NULL
  //          if windows have one cell
  void (*_Nonnull spread)(const tono_convolution *_Nonnull c, const float *_Nonnull x,
                          const float *_Nonnull d, const uint8_t *_Nullable winners,
                          const float *_Nonnull factor, const float *_Nonnull constant,
                          const float *_Nonnull slope, int32_t rows, int32_t columns,
                          float *_Nonnull y, int64_t y_pitch);

  // The adjoint of winograd_map. For each of the 64 points the sums over tiles of (transformed
  // input) · (transformed gradient)ᵀ are added to `sums`, for the gradient of the weights.
  // c        kernel, input_cell, output_cell, input_pitch; output_pitch is that of d_output
  // input    as for winograd_map, and so are the cells beyond it
  // weights  [8·8, output_cell, input_cell], transformed
  // d_output [rows, columns, output_cell] and zeros behind it, in whole tiles
  // scratch  tono_winograd_adjoint_scratch floats
  // sums     [8·8, input_cell, output_cell], in single precision
  // d_input  [rows + kernel_rows − 1, columns + kernel_columns − 1, input_cell], added to, or NULL
  void (*_Nonnull winograd_adjoint)(const tono_convolution *_Nonnull c,
                                    const float *_Nonnull input, const float *_Nonnull weights,
                                    const float *_Nonnull d_output, int32_t rows, int32_t columns,
                                    float *_Nonnull scratch, float *_Nonnull sums,
                                    float *_Nullable d_input);

  // The gradient of the weights of a convolution with one float a cell of input, of which only
  // winners of their windows have a gradient: added to `sums`.
  // c        kernel (at most 8 columns), window, output_cell, input_pitch
  // input    may be read up to 7 floats beyond what is needed
  // d, winners  [rows, columns, output_cell]; winners may be NULL if windows have one cell
  // sums     [output_cell, kernel_rows, 8], in single precision; what is beyond the kernel's columns
  //          means nothing
  void (*_Nonnull patch_sums)(const tono_convolution *_Nonnull c, const float *_Nonnull input,
                              const float *_Nonnull d, const uint8_t *_Nullable winners,
                              int32_t rows, int32_t columns, float *_Nonnull sums);

  // The sums of all patches of a map of one float a cell, and of their products with themselves.
  // c        kernel (at most 8 rows and columns), input_pitch
  // rows, columns  of patches
  // sums     [kernel_rows · kernel_columns]
  // products [kernel_rows · kernel_columns, kernel_rows · kernel_columns]
  void (*_Nonnull patch_products)(const tono_convolution *_Nonnull c, const float *_Nonnull input,
                                  int32_t rows, int32_t columns, double *_Nonnull sums,
                                  double *_Nonnull products);
};

// Floats of scratch memory that tono_training_kernels.winograd_adjoint needs.
int64_t tono_winograd_adjoint_scratch(const tono_convolution *_Nonnull c, int32_t rows,
                                      int32_t columns);

#endif
