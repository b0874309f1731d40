// The same kernels by plain loops, one element after another: what the fast ones are tested against.
#include "tono_canvas_scalar.h"
#include "tono_sound_scalar.h"
#include "tono_sets.h"

static void tono_pool_cell(const tono_convolution *c, const float *cells, float bias,
                           float *output, uint8_t *winner) {
  int32_t best = 0;
  for (int32_t a = 1; a < c->window_rows * c->window_columns; a++) {
    if (cells[a] > cells[best]) best = a;
  }
  const float value = cells[best] + bias;
  *output = c->rectifies && !(value > 0) ? 0 : value;
  if (winner) *winner = (uint8_t)best;
}

// One cell of a convolution: output channel o, `weights` [.., output_cell].
static float tono_cell(const tono_convolution *c, const float *input, const float *weights,
                       int32_t row, int32_t column, int32_t o) {
  float sum = 0;
  for (int32_t kr = 0; kr < c->kernel_rows; kr++) {
    for (int32_t j = 0; j < c->kernel_columns * c->input_cell; j++) {
      sum += input[(row * c->stride_rows + kr * c->dilation_rows) * c->input_pitch +
                   (int64_t)column * c->stride_columns * c->input_cell + j] *
             weights[((int64_t)kr * c->kernel_columns * c->input_cell + j) * c->output_cell + o];
    }
  }
  return sum;
}

static void tono_convolve(const tono_convolution *c, const float *input, const float *weights,
                          const float *bias, tono_rows rows, int32_t columns, float *scratch,
                          float *output, uint8_t *winners) {
  for (int32_t r = rows.first; r < rows.first + rows.count; r++) {
    for (int32_t k = 0; k < columns; k++) {
      for (int32_t o = 0; o < c->output_cell; o++) {
        for (int32_t a = 0; a < c->window_rows * c->window_columns; a++) {
          scratch[a] = tono_cell(c, input, weights, r * c->window_rows + a / c->window_columns,
                                 k * c->window_columns + a % c->window_columns, o);
        }
        tono_pool_cell(c, scratch, bias[o],
                       output + r * c->output_pitch + (int64_t)k * c->output_cell + o,
                       winners ? winners + ((int64_t)r * columns + k) * c->output_cell + o : 0);
      }
    }
  }
}

static const float tono_input_matrix[8][8] = {
    {4.0f / 21, 0, -1, 0, 1, 0, -4.0f / 21, 0},
    {0, -4.0f / 17, -4.0f / 17, 1, 1, -4.0f / 17, -4.0f / 17, 0},
    {0, 4.0f / 17, -4.0f / 17, -1, 1, 4.0f / 17, -4.0f / 17, 0},
    {0, 0.2f, 0.1f, -1, -0.5f, 0.8f, 0.4f, 0},
    {0, -0.2f, 0.1f, 1, -0.5f, -0.8f, 0.4f, 0},
    {0, 0.4f, 0.8f, -0.5f, -1, 0.1f, 0.2f, 0},
    {0, -0.4f, 0.8f, 0.5f, -1, -0.1f, 0.2f, 0},
    {0, -4.0f / 21, 0, 1, 0, -1, 0, 4.0f / 21},
};

// Element (row, point) of Aᵀ for tiles of `count` cells: the points' powers, infinity last.
static float tono_output_matrix(int32_t row, int32_t point, int32_t count) {
  const float points[7] = {0, 1, -1, 2, -2, 0.5f, -0.5f};
  if (point == 7) return row == count - 1;
  float power = 1;
  for (int32_t i = 0; i < row; i++) power *= points[point];
  return power;
}

// The 64 products [64, output_cell] of the tile whose input begins at `input`.
static void tono_winograd_products(const tono_convolution *c, const float *input,
                                   const float *weights, float *products) {
  for (int32_t i = 0; i < 64 * c->output_cell; i++) products[i] = 0;
  for (int32_t point = 0; point < 64; point++) {
    for (int32_t channel = 0; channel < c->input_cell; channel++) {
      float transformed = 0;
      for (int32_t row = 0; row < 8; row++) {
        for (int32_t column = 0; column < 8; column++) {
          transformed += tono_input_matrix[point / 8][row] * tono_input_matrix[point % 8][column] *
                         input[row * c->input_pitch + column * c->input_cell + channel];
        }
      }
      for (int32_t o = 0; o < c->output_cell; o++) {
        products[point * c->output_cell + o] +=
            transformed * weights[((int64_t)point * c->input_cell + channel) * c->output_cell + o];
      }
    }
  }
}

// The cell (y, x) of a tile.
static float tono_winograd_cell(const tono_convolution *c, const float *products, int32_t y,
                                int32_t x, int32_t o) {
  float sum = 0;
  for (int32_t point = 0; point < 64; point++) {
    sum += tono_output_matrix(y, point / 8, 9 - c->kernel_rows) *
           tono_output_matrix(x, point % 8, 9 - c->kernel_columns) *
           products[point * c->output_cell + o];
  }
  return sum;
}

static void tono_winograd(const tono_convolution *c, const float *input, const float *weights,
                          const float *bias, tono_rows rows, int32_t columns, float *scratch,
                          float *output, uint8_t *winners) {
  const int32_t m = 9 - c->kernel_rows, n = 9 - c->kernel_columns;
  const int32_t places = c->window_rows * c->window_columns;
  float *products = scratch, *cells = scratch + 64 * c->output_cell;
  for (int32_t r = rows.first; r < rows.first + rows.count; r++) {
    for (int32_t k = 0; k < columns; k++) {
      for (int32_t a = 0; a < places; a++) {
        const int32_t y = r * c->window_rows + a / c->window_columns;
        const int32_t x = k * c->window_columns + a % c->window_columns;
        tono_winograd_products(
            c, input + y / m * m * c->input_pitch + (int64_t)(x / n * n) * c->input_cell, weights,
            products);
        for (int32_t o = 0; o < c->output_cell; o++) {
          cells[o * places + a] = tono_winograd_cell(c, products, y % m, x % n, o);
        }
      }
      for (int32_t o = 0; o < c->output_cell; o++) {
        tono_pool_cell(c, cells + o * places, bias[o],
                       output + r * c->output_pitch + (int64_t)k * c->output_cell + o,
                       winners ? winners + ((int64_t)r * columns + k) * c->output_cell + o : 0);
      }
    }
  }
}

// Adds what one output cell's channel hands back: `weights` (kernel row, column and channel) apart
// by row_step and 1.
static void tono_hand_back(const tono_convolution *c, float gradient, const float *weights,
                           int64_t row_step, int32_t row, int32_t column, tono_rows rows,
                           float *d_input) {
  for (int32_t kr = 0; kr < c->kernel_rows; kr++) {
    const int32_t target = row * c->stride_rows + kr * c->dilation_rows;
    if (target < rows.first || target >= rows.first + rows.count) continue;
    for (int32_t j = 0; j < c->kernel_columns * c->input_cell; j++) {
      d_input[target * c->input_pitch + (int64_t)column * c->stride_columns * c->input_cell + j] +=
          gradient * weights[kr * row_step + j];
    }
  }
}

// Visits every gradient that counts, with the place of its winner.
#define TONO_FOR_EACH_GRADIENT                                                                    \
  for (int32_t r = 0; r < output_rows; r++)                                                       \
    for (int32_t k = 0; k < columns; k++)                                                         \
      for (int32_t o = 0; o < c->output_cell; o++)

static void tono_scatter(const tono_convolution *c, const float *d_output, const float *output,
                         const uint8_t *winners, const float *weights, int32_t output_rows,
                         int32_t columns, tono_rows rows, void *scratch, float *d_input) {
  const int64_t run = (c->kernel_columns * c->input_cell + 15) / 16 * 16;
  TONO_FOR_EACH_GRADIENT {
    const int64_t index = r * c->output_pitch + (int64_t)k * c->output_cell + o;
    if (c->rectifies && !(output[index] > 0)) continue;
    const int32_t a = winners ? winners[((int64_t)r * columns + k) * c->output_cell + o] : 0;
    tono_hand_back(c, d_output[index], weights + o * run, c->output_cell * run,
                   r * c->window_rows + a / c->window_columns,
                   k * c->window_columns + a % c->window_columns, rows, d_input);
  }
}

static void tono_scatter_table(const tono_convolution *c, const float *d_output,
                               const float *output, const uint8_t *winners, const float *table,
                               int32_t patch, int32_t output_rows, int32_t columns,
                               tono_rows rows, float *d_input) {
  const int32_t places = c->window_rows * c->window_columns;
  const int64_t entry =
      (int64_t)patch *
      ((c->window_rows - 1) * c->stride_rows + (c->kernel_rows - 1) * c->dilation_rows + 1);
  TONO_FOR_EACH_GRADIENT {
    const int64_t index = r * c->output_pitch + (int64_t)k * c->output_cell + o;
    if (c->rectifies && !(output[index] > 0)) continue;
    const int32_t a = winners ? winners[((int64_t)r * columns + k) * c->output_cell + o] : 0;
    // The kernel's own place in the patch.
    const float *weights = table + ((int64_t)o * places + a) * entry +
                           a / c->window_columns * c->stride_rows * patch +
                           a % c->window_columns * c->stride_columns;
    tono_hand_back(c, d_output[index], weights, (int64_t)c->dilation_rows * patch,
                   r * c->window_rows + a / c->window_columns,
                   k * c->window_columns + a % c->window_columns, rows, d_input);
  }
}

static void tono_convolve_channel(const tono_convolution *c, const float *input,
                                  const float *weights, float bias, tono_rows rows,
                                  int32_t columns, float *output) {
  tono_convolution one = *c;
  one.output_cell = 1;
  for (int32_t r = rows.first; r < rows.first + rows.count; r++) {
    for (int32_t k = 0; k < columns; k++) {
      const float value = tono_cell(&one, input, weights, r, k, 0) + bias;
      output[r * c->output_pitch + k] = c->rectifies && !(value > 0) ? 0 : value;
    }
  }
}

static void tono_scatter_channel(const tono_convolution *c, const float *d_output,
                                 const float *output, const float *weights, int32_t output_rows,
                                 int32_t columns, tono_rows rows, float *scratch,
                                 float *d_input) {
  for (int32_t r = 0; r < output_rows; r++) {
    for (int32_t k = 0; k < columns; k++) {
      const int64_t index = r * c->output_pitch + k;
      if (c->rectifies && !(output[index] > 0)) continue;
      tono_hand_back(c, d_output[index], weights, c->kernel_columns * c->input_cell, r, k, rows,
                     d_input);
    }
  }
}

static void tono_multiply(const float *weights, int64_t output_stride, int64_t input_stride,
                          int32_t outputs, int32_t inputs, const float *bias, const float *x,
                          int64_t x_length, float *y, int64_t y_length, int32_t columns) {
  for (int32_t o = 0; o < outputs; o++) {
    for (int32_t c = 0; c < columns; c++) {
      float sum = 0;
      for (int32_t i = 0; i < inputs; i++) {
        sum += weights[o * output_stride + i * input_stride] * x[i * x_length + c];
      }
      y[o * y_length + c] = sum + (bias ? bias[o] : 0);
    }
  }
}

#include "tono_training_scalar.h"

#define TONO_SET scalar
static void tono_rectified_sums(const float *one, const float *others, const float *weights,
                                float bias, int64_t width, int64_t count, float *answers) {
  for (int64_t n = 0; n < count; n++) {
    float sum = bias;
    for (int64_t i = 0; i < width; i++) {
      const float v = one[i] + others[n * width + i];
      sum += weights[i] * (v < 0 ? 0 : v);
    }
    answers[n] = sum;
  }
}

#include "tono_table.h"
