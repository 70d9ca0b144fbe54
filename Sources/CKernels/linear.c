#include "linear.h"

#include "parallel.h"
#include "vector.h"

enum { together = 8, rows_of_tile = 4 };

struct context {
  float *y;
  const float *x, *w, *b;
  size_t rows, columns, inner;
};

/// The products of a row of w with `count` rows of x.
ST_INLINE void multiply(float *sums, const float *x, const float *w, size_t inner,
                        const int count) {
  st_vector sum[together];
#pragma clang loop unroll(full)
  for (int r = 0; r < count; r++) sum[r] = (st_vector){0};
  size_t i = 0;
  for (; i + st_width <= inner; i += st_width) {
    st_vector v = st_load(w + i);
#pragma clang loop unroll(full)
    for (int r = 0; r < count; r++) sum[r] += v * st_load(x + (size_t)r * inner + i);
  }
  if (i < inner) {
    st_vector v = st_load_part(w + i, inner - i);
#pragma clang loop unroll(full)
    for (int r = 0; r < count; r++)
      sum[r] += v * st_load_part(x + (size_t)r * inner + i, inner - i);
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < count; r++) {
    sums[r] = 0;
    for (int l = 0; l < st_width; l++) sums[r] += sum[r][l];
  }
}

ST_TASK(linear) {
  const struct context *k = context;
  for (size_t column = begin; column < end; column++) {
    const float *w = k->w + column * k->inner;
    float sums[together];
    size_t row = 0;
    for (; row + together <= k->rows; row += together) {
      multiply(sums, k->x + row * k->inner, w, k->inner, together);
      for (size_t r = 0; r < together; r++)
        k->y[(row + r) * k->columns + column] = sums[r] + (k->b ? k->b[column] : 0);
    }
    for (; row < k->rows; row++) {
      multiply(sums, k->x + row * k->inner, w, k->inner, 1);
      k->y[row * k->columns + column] = sums[0] + (k->b ? k->b[column] : 0);
    }
  }
}

void st_linear(float *y, const float *x, const float *w, const float *b, size_t rows,
               size_t columns, size_t inner) {
  struct context k = {y, x, w, b, rows, columns, inner};
  st_parallel(columns, &k, linear_task);
}

struct product_context {
  float *y;
  const float *a, *b;
  size_t a_row, a_step, rows, columns, inner;
};

/// Some rows and, of them, `width` columns from the `column`-th on.
ST_INLINE void multiply_tile(const struct product_context *k, size_t row, size_t column,
                             size_t width, const int rows) {
  st_vector sum[rows_of_tile];
  UNROLLED_FOR (int r = 0; r < rows; r++) sum[r] = (st_vector){0};
  const float *a = k->a + row * k->a_row, *b = k->b + column;
  for (size_t i = 0; i < k->inner; i++, a += k->a_step, b += k->columns) {
    st_vector v = width == st_width ? st_load(b) : st_load_part(b, width);
    UNROLLED_FOR (int r = 0; r < rows; r++) sum[r] += a[(size_t)r * k->a_row] * v;
  }
  UNROLLED_FOR (int r = 0; r < rows; r++)
    st_store_part(k->y + (row + (size_t)r) * k->columns + column, sum[r], width);
}

/// Tiles of rows.
ST_TASK(product) {
  const struct product_context *k = context;
  for (size_t tile = begin; tile < end; tile++)
    for (size_t column = 0; column < k->columns; column += st_width) {
      size_t width = k->columns - column < st_width ? k->columns - column : st_width;
      size_t row = tile * rows_of_tile;
      if (row + rows_of_tile <= k->rows)
        multiply_tile(k, row, column, width, rows_of_tile);
      else
        for (; row < k->rows; row++) multiply_tile(k, row, column, width, 1);
    }
}

void st_multiply(float *y, const float *a, size_t a_row, size_t a_step, const float *b, size_t rows,
                 size_t columns, size_t inner) {
  struct product_context k = {y, a, b, a_row, a_step, rows, columns, inner};
  st_parallel(st_divide_up(rows, rows_of_tile), &k, product_task);
}
