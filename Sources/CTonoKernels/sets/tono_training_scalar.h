// The kernels of training by plain loops; part of tono_set_scalar.c, whose matrices it uses.
#pragma once

static void tono_winograd_map(const tono_convolution *c, const float *input, const float *weights,
                              int32_t rows, int32_t columns, float *scratch, float *output) {
  const int32_t m = 9 - c->kernel_rows, n = 9 - c->kernel_columns;
  for (int32_t r = 0; r < rows; r++) {
    for (int32_t k = 0; k < columns; k++) {
      tono_winograd_products(
          c, input + r / m * m * c->input_pitch + (int64_t)(k / n * n) * c->input_cell, weights,
          scratch);
      for (int32_t o = 0; o < c->output_cell; o++) {
        output[r * c->output_pitch + (int64_t)k * c->output_cell + o] =
            tono_winograd_cell(c, scratch, r % m, k % n, o);
      }
    }
  }
}

static void tono_moments(const float *x, int64_t pitch, int32_t rows, int32_t columns,
                         int32_t cell, double *sums, double *squares) {
  for (int32_t r = 0; r < rows; r++) {
    for (int64_t i = 0; i < (int64_t)columns * cell; i++) {
      const double value = (double)x[r * pitch + i];
      sums[i % cell] += value;
      squares[i % cell] += value * value;
    }
  }
}

// The place of a winner in the map, in floats; `columns` cells to a row.
static int64_t tono_won(const tono_convolution *c, const uint8_t *winners, int64_t index,
                        int32_t output_columns, int64_t pitch, int32_t cell) {
  const int64_t at = index / c->output_cell;
  const int32_t a = winners ? winners[index] : 0;
  return (at / output_columns * c->window_rows + a / c->window_columns) * pitch +
         (at % output_columns * c->window_columns + a % c->window_columns) * cell;
}

static void tono_pool(const tono_convolution *c, const float *x, const float *bias, int32_t rows,
                      int32_t columns, float *output, uint8_t *winners) {
  float cells[256];
  for (int64_t i = 0; i < (int64_t)rows * columns * c->output_cell; i++) {
    const int64_t at = i / c->output_cell, o = i % c->output_cell;
    for (int32_t a = 0; a < c->window_rows * c->window_columns; a++) {
      const int64_t row = at / columns * c->window_rows + a / c->window_columns;
      const int64_t column = at % columns * c->window_columns + a % c->window_columns;
      cells[a] = x[row * c->output_pitch + column * c->output_cell + o];
    }
    tono_pool_cell(c, cells, bias[o], output + i, winners ? winners + i : 0);
  }
}

static void tono_normalize(const float *x, const float *scale, const float *shift,
                           int32_t rectifies, int64_t cells, int32_t cell, float *y) {
  for (int64_t i = 0; i < cells * cell; i++) {
    const float value = x[i] * scale[i % cell] + shift[i % cell];
    y[i] = rectifies && value <= 0 ? 0 : value;
  }
}

static void tono_rectify_gradient(const float *d_y, const float *x, int32_t rectifies,
                                  int64_t cells, int32_t cell, float *y, double *sums,
                                  double *products) {
  for (int64_t i = 0; i < cells * cell; i++) {
    y[i] = rectifies && !(y[i] > 0) ? 0 : d_y[i];
    sums[i % cell] += (double)y[i];
    products[i % cell] += (double)y[i] * (double)x[i];
  }
}

static void tono_spread(const tono_convolution *c, const float *x, const float *d,
                        const uint8_t *winners, const float *factor, const float *constant,
                        const float *slope, int32_t rows, int32_t columns, float *y,
                        int64_t y_pitch) {
  const int32_t cell = c->output_cell, output_columns = columns / c->window_columns;
  for (int32_t r = 0; r < rows; r++) {
    for (int64_t i = 0; i < (int64_t)columns * cell; i++) {
      y[r * y_pitch + i] = constant[i % cell] + slope[i % cell] * x[r * c->output_pitch + i];
    }
  }
  for (int64_t i = 0; i < (int64_t)(rows / c->window_rows) * output_columns * cell; i++) {
    y[tono_won(c, winners, i, output_columns, y_pitch, cell) + i % cell] +=
        factor[i % cell] * d[i];
  }
}

static void tono_winograd_adjoint(const tono_convolution *c, const float *input,
                                  const float *weights, const float *d_output, int32_t rows,
                                  int32_t columns, float *scratch, float *sums, float *d_input) {
  const int32_t m = 9 - c->kernel_rows, n = 9 - c->kernel_columns;
  const int32_t width = columns + c->kernel_columns - 1, height = rows + c->kernel_rows - 1;
  float *u = scratch, *v = scratch + c->input_cell;
  for (int32_t tile = 0; tile < (rows + m - 1) / m * ((columns + n - 1) / n); tile++) {
    const int32_t r = tile / ((columns + n - 1) / n) * m, k = tile % ((columns + n - 1) / n) * n;
    const int64_t first = r * c->input_pitch + (int64_t)k * c->input_cell;
    const float *d = d_output + r * c->output_pitch + (int64_t)k * c->output_cell;
    for (int32_t point = 0; point < 64; point++) {
      for (int32_t o = 0; o < c->output_cell; o++) {
        v[o] = 0;
        for (int32_t a = 0; a < m * n; a++) {
          v[o] += tono_output_matrix(a / n, point / 8, m) *
                  tono_output_matrix(a % n, point % 8, n) *
                  d[a / n * c->output_pitch + a % n * c->output_cell + o];
        }
      }
      for (int32_t i = 0; i < c->input_cell; i++) {
        float d_u = 0;
        u[i] = 0;
        for (int32_t a = 0; a < 64; a++) {
          u[i] += tono_input_matrix[point / 8][a / 8] * tono_input_matrix[point % 8][a % 8] *
                  input[first + a / 8 * c->input_pitch + a % 8 * c->input_cell + i];
        }
        for (int32_t o = 0; o < c->output_cell; o++) {
          sums[((int64_t)point * c->input_cell + i) * c->output_cell + o] += u[i] * v[o];
          d_u += weights[((int64_t)point * c->output_cell + o) * c->input_cell + i] * v[o];
        }
        for (int32_t a = 0; d_input && a < 64; a++) {
          if (r + a / 8 >= height || k + a % 8 >= width) continue;
          d_input[first + a / 8 * c->input_pitch + a % 8 * c->input_cell + i] +=
              tono_input_matrix[point / 8][a / 8] * tono_input_matrix[point % 8][a % 8] * d_u;
        }
      }
    }
  }
}

static void tono_patch_sums(const tono_convolution *c, const float *input, const float *d,
                            const uint8_t *winners, int32_t rows, int32_t columns, float *sums) {
  for (int64_t i = 0; i < (int64_t)rows * columns * c->output_cell; i++) {
    const float *patch = input + tono_won(c, winners, i, columns, c->input_pitch, 1);
    float *sum = sums + i % c->output_cell * c->kernel_rows * 8;
    for (int32_t kr = 0; kr < c->kernel_rows; kr++) {
      for (int32_t k = 0; k < c->kernel_columns; k++) {
        sum[kr * 8 + k] += patch[kr * c->input_pitch + k] * d[i];
      }
    }
  }
}

static void tono_patch_products(const tono_convolution *c, const float *input, int32_t rows,
                                int32_t columns, double *sums, double *products) {
  const int32_t all = c->kernel_rows * c->kernel_columns;
  for (int32_t cell = 0; cell < rows * columns; cell++) {
    const float *patch = input + cell / columns * c->input_pitch + cell % columns;
    for (int32_t i = 0; i < all; i++) {
      const float a = patch[i / c->kernel_columns * c->input_pitch + i % c->kernel_columns];
      sums[i] += (double)a;
      for (int32_t j = 0; j < all; j++) {
        const float b = patch[j / c->kernel_columns * c->input_pitch + j % c->kernel_columns];
        products[i * all + j] += (double)a * (double)b;
      }
    }
  }
}
