#include "tono_program.h"

void tono_winograd_transform(const tono_winograd_kernels *k, const float *w, int64_t step,
                             int32_t count, double scale, float *u, int64_t u_step,
                             int64_t plane) {
  const int32_t rows = k->kernel_rows, columns = k->kernel_columns;
  for (int32_t n = 0; n < count; n++, w += step, u += u_step) {
    double half[8][8];  // w·Gᵀ
    for (int32_t r = 0; r < rows; r++) {
      const float *row = w + (int64_t)r * columns;
      for (int32_t j = 0; j < 8; j++) {
        double sum = 0;
        for (int32_t c = 0; c < columns; c++) {
          sum += k->horizontal[j * columns + c] * (double)row[c];
        }
        half[r][j] = sum * scale;
      }
    }
    for (int32_t i = 0; i < 8; i++) {
      for (int32_t j = 0; j < 8; j++) {
        double sum = 0;
        for (int32_t r = 0; r < rows; r++) sum += k->vertical[i * rows + r] * half[r][j];
        u[(i * 8 + j) * plane] = (float)sum;
      }
    }
  }
}

void tono_winograd_transform_adjoint(const tono_winograd_kernels *k, const float *d_u,
                                     int64_t u_step, int64_t plane, int32_t count, double scale,
                                     float *d_w, int64_t step) {
  const int32_t rows = k->kernel_rows, columns = k->kernel_columns;
  for (int32_t n = 0; n < count; n++, d_w += step, d_u += u_step) {
    double half[8][8];  // Gᵀ·u
    for (int32_t j = 0; j < 8; j++) {
      double u[8];
      for (int32_t i = 0; i < 8; i++) u[i] = (double)d_u[(i * 8 + j) * plane];
      for (int32_t r = 0; r < rows; r++) {
        double sum = 0;
        for (int32_t i = 0; i < 8; i++) sum += k->vertical[i * rows + r] * u[i];
        half[r][j] = sum * scale;
      }
    }
    for (int32_t r = 0; r < rows; r++) {
      for (int32_t c = 0; c < columns; c++) {
        double sum = 0;
        for (int32_t j = 0; j < 8; j++) sum += k->horizontal[j * columns + c] * half[r][j];
        d_w[r * columns + c] = (float)sum;
      }
    }
  }
}
