#ifndef TONO_SOUND_H
#define TONO_SOUND_H

#include <stdint.h>

// Kernels of what lies between samples and levels, one set of them for each instruction set.
//
// Frames are taken in groups of eight, the lanes of a vector. Two real frames a and b make one complex
// signal a + i·b, so that one complex Fourier transform serves both: their spectra are its even and odd
// parts under conjugation. A group is four such pairs.

// The frames of a group.
enum { tono_group = 8 };

// A matrix whose rows have their numbers side by side: row r has weights[start[r]] ..<
// weights[start[r + 1]] at the columns from first[r] on.
typedef struct {
  int32_t rows;
  const int32_t *_Nonnull first;
  const int32_t *_Nonnull start;
  const float *_Nonnull weights;
} tono_sparse_rows;

// How what a band holds becomes a level: factor · ln(max(minimum, number)) − zero, and not below floor.
typedef struct {
  float factor, minimum, zero, floor;
  float gain;  // dnumber/dband
} tono_level_rule;

// How samples are bent into the range of a sound file: x = limit · tanh(level · sinh(bend · cell) ÷ limit).
typedef struct {
  float limit, level, bend;
} tono_bend;

typedef struct {
  // z[2i] = window[i] · a[i], z[2i + 1] = window[i] · b[i]
  void (*_Nonnull weave)(const float *_Nonnull a, const float *_Nonnull b,
                         const float *_Nonnull window, int64_t count, float *_Nonnull z);

  // The adjoint: a[i] += window[i] · z[2i], then b[i] += window[i] · z[2i + 1]; a and b may overlap, b
  // lying behind a.
  void (*_Nonnull unweave)(const float *_Nonnull z, const float *_Nonnull window, int64_t count,
                           float *_Nonnull a, float *_Nonnull b);

  // What the bins of a group's frames hold: |X|², or |X| where `roots` is not 0.
  // z       [4, stride], the transforms of four pairs of `size` samples, the first number again behind
  //         the last: 2 · (size + 1) floats
  // powers  [bins, 8]; bins is at most size ÷ 2 + 1
  void (*_Nonnull powers)(const float *_Nonnull z, int64_t stride, int64_t size, int64_t bins,
                          int32_t roots, float *_Nonnull powers);

  // The adjoint: what an inverse transform that does not divide turns into the gradient with respect to
  // the pairs' samples.
  // slopes  [bins, 8], doubled for bins that have no mirror image
  // d_z     as z; bins that are not asked become zeros
  void (*_Nonnull pull_powers)(const float *_Nonnull z, int64_t stride, int64_t size, int64_t bins,
                               int32_t roots, const float *_Nonnull slopes, float *_Nonnull d_z);

  // y = m · x for eight columns side by side.
  // x  rows of 8 floats, `x_step` apart
  // y  rows of `columns` floats (at most 8), `y_step` apart
  void (*_Nonnull multiply_rows)(const tono_sparse_rows *_Nonnull m, const float *_Nonnull x,
                                 int64_t x_step, float *_Nonnull y, int64_t y_step,
                                 int32_t columns);

  // numbers = gain · x + offset; returns the first place of the largest.
  int64_t (*_Nonnull amplify)(const float *_Nonnull x, int64_t count, float gain, float offset,
                              float *_Nonnull numbers);

  // Levels of numbers, and dlevel/dband: 0 at the minimum, −1 where a level is the floor. The logarithm's
  // error is below 1 unit in the last place; 0 gives −infinity, and what is no positive number none.
  void (*_Nonnull levels)(const float *_Nonnull numbers, int64_t count, tono_level_rule rule,
                          float *_Nonnull levels, float *_Nonnull slopes);

  // The adjoint of levels and of their normalization: d = factor · (g − mean − tilt · y),
  // d_bands = slope · d, and 0 where the slope is −1.
  // sums    the sum of all d, and of those at the floor, are added to
  void (*_Nonnull pull_levels)(const float *_Nonnull g, const float *_Nonnull y,
                               const float *_Nonnull slopes, int64_t count, float factor, float mean,
                               float tilt, float *_Nonnull d_bands, double *_Nonnull sums);

  // Samples of cells, and dx/dcell.
  void (*_Nonnull bend)(const float *_Nonnull cells, int64_t count, tono_bend rule,
                        float *_Nonnull samples, float *_Nonnull slopes);

  // x ← x · y; returns Σ x², which is a finite number if every element is one.
  double (*_Nonnull multiply)(float *_Nonnull x, const float *_Nonnull y, int64_t count);
} tono_sound_kernels;

#endif
