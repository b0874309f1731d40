#ifndef TONO_CANVAS_H
#define TONO_CANVAS_H

#include <stdint.h>

// Kernels of what an ascent computes at each step besides the network, one set of them for each
// instruction set. Sums are taken in double, in lanes of their own that are added up at the end: their
// order depends on nothing but the count.

// Adam's step of Kingma & Ba 2015, algorithm 1, uphill, with its corrections worked into the factors.
typedef struct {
  float slope;                      // what the gradient is multiplied by first
  float first_decay, first_share;   // β₁, 1 − β₁
  float second_decay, second_share; // β₂, 1 − β₂
  float rate;                       // the rate ÷ (1 − β₁ᵗ)
  float second_correction;          // 1 ÷ (1 − β₂ᵗ)
  float epsilon;
} tono_adam;

typedef struct {
  // Σ x
  double (*_Nonnull sum)(const float *_Nonnull x, int64_t count);

  // Σ (x − mean)²
  double (*_Nonnull sum_squares)(const float *_Nonnull x, double mean, int64_t count);

  // Σ x·y
  double (*_Nonnull sum_products)(const float *_Nonnull x, const float *_Nonnull y, int64_t count);

  // y = factor·x + level; returns Σ y, which is a finite number if every y is one.
  double (*_Nonnull paint)(const float *_Nonnull x, int64_t count, double factor, double level,
                           float *_Nonnull y);

  // gradient = factor·(gradient − mean − slope·y); returns Σ gradient², which is a finite number if
  // every element is one.
  double (*_Nonnull adjoint)(const float *_Nonnull y, int64_t count, double factor, double mean,
                             double slope, float *_Nonnull gradient);

  // gradient −= share·(2·l2·x + l1·x ÷ |x|); returns Σ l2·x² + l1·|x|. |x| is √(x² + 10⁻⁶).
  double (*_Nonnull penalize)(const float *_Nonnull x, int64_t count, float l2, float l1,
                              float share, float *_Nonnull gradient);

  // For the differences d = x[i + step] − x[i]: gradient[i] += share·d ÷ |d|, and as much off
  // gradient[i + step]; returns Σ |d|. |d| is √(d² + 10⁻⁶).
  double (*_Nonnull vary)(const float *_Nonnull x, int64_t step, int64_t count, float share,
                          float *_Nonnull gradient);

  // first  = first_decay·first + first_share·s, s = slope·gradient
  // second = second_decay·second + second_share·s²
  // moved  = cells + rate·first ÷ (√(second_correction·second) + epsilon); moved may be cells
  void (*_Nonnull adam)(const float *_Nonnull gradient, int64_t count, tono_adam step,
                        float *_Nonnull first, float *_Nonnull second, const float *_Nonnull cells,
                        float *_Nonnull moved);
} tono_canvas_kernels;

#endif
