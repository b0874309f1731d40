#ifndef TONO_TRAINING_H
#define TONO_TRAINING_H

#include <stdint.h>

#include "tono_program.h"

// Kernels that training needs beside those of tono_program.h: sums over maps for batch normalization,
// and gradients of weights. Maps [rows, columns, cell] have no gaps; cells are multiples of 8 floats.
// Sums are added to what is there, in double precision.
struct tono_training_kernels {
  // sums[o] += Σ x, squares[o] += Σ x² over the cells.
  void (*_Nonnull moments)(const float *_Nonnull x, int64_t cells, int32_t cell,
                           double *_Nonnull sums, double *_Nonnull squares);

  // The largest cell of each window of a map of `columns` cells a row, and which it is.
  // c        window and output_cell
  // output, winners  [rows, output_columns, output_cell]
  void (*_Nonnull pool)(const tono_convolution *_Nonnull c, const float *_Nonnull x,
                        int32_t columns, int32_t rows, int32_t output_columns,
                        float *_Nonnull output, uint8_t *_Nonnull winners);

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
  // c        window and output_cell
  // x        [rows, columns, output_cell]
  // d, winners  [⌊rows ÷ window_rows⌋, ⌊columns ÷ window_columns⌋, output_cell]; winners may be NULL
  //          if windows have one cell
  // y        [rows, columns, output_cell], rows y_pitch apart
  void (*_Nonnull spread)(const tono_convolution *_Nonnull c, const float *_Nonnull x,
                          const float *_Nonnull d, const uint8_t *_Nullable winners,
                          const float *_Nonnull factor, const float *_Nonnull constant,
                          const float *_Nonnull slope, int32_t rows, int32_t columns,
                          float *_Nonnull y, int64_t y_pitch);

  // The gradient of a convolution's weights in the domain of Winograd's filtering, added to `sums`:
  // for each of the 64 points Σ over tiles of (transformed input) · (transformed gradient)ᵀ.
  // c        kernel, input_cell, output_cell, input_pitch; output_pitch is that of d_output
  // input    as for tono_kernel_set.winograd, and so are the cells beyond it
  // d_output [rows, columns, output_cell]; the 7 rows and columns behind it are zero
  // scratch  tono_winograd_gradient_scratch floats
  // sums     [8·8, input_cell, output_cell], in single precision
  void (*_Nonnull winograd_gradient)(const tono_convolution *_Nonnull c,
                                     const float *_Nonnull input, const float *_Nonnull d_output,
                                     int32_t rows, int32_t columns, float *_Nonnull scratch,
                                     float *_Nonnull sums);

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

// Floats of scratch memory that tono_training_kernels.winograd_gradient needs.
int64_t tono_winograd_gradient_scratch(const tono_convolution *_Nonnull c, int32_t rows,
                                       int32_t columns);

// Kernels as Winograd's filtering takes them, and the way back for their gradients: G·w·Gᵀ and
// Gᵀ·u·G, in double precision.
typedef struct {
  int32_t kernel_rows, kernel_columns;
  const double *_Nonnull vertical, *_Nonnull horizontal;  // G, [8, kernel_rows or kernel_columns]
  int32_t turned;                                         // whether kernels are turned by 180°
} tono_winograd_kernels;

// `count` kernels w, `step` floats apart, to 64 planes u, a kernel's floats `u_step` apart.
void tono_winograd_transform(const tono_winograd_kernels *_Nonnull k, const float *_Nonnull w,
                             int64_t step, int32_t count, float scale, float *_Nonnull u,
                             int64_t u_step, int64_t plane);

// The adjoint: d_w = scale · Gᵀ·d_u·G of `count` kernels.
void tono_winograd_transform_adjoint(const tono_winograd_kernels *_Nonnull k,
                                     const float *_Nonnull d_u, int64_t u_step, int64_t plane,
                                     int32_t count, float scale, float *_Nonnull d_w,
                                     int64_t step);

#endif
