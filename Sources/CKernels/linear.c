#include "linear.h"

#include "parallel.h"
#include "vector.h"

enum { together = 8 };

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
