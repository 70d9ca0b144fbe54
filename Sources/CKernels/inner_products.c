#include "inner_products.h"

#include <string.h>

#include "parallel.h"
#include "vector.h"

// Sums of products of rows, or of squares of their differences, four rows by four at a time: the
// sixteen sums stay in registers with AVX-512, elsewhere in the nearest cache. Rows are cut into pieces
// that stay there too, and those of b are taken as many at a time as stay in the next. An element is
// summed up in the same order wherever it lies in a tile.

enum { tile = 4, piece = 512, panel = 128, lanes = 8 };
typedef double doubles __attribute__((vector_size(64)));

ST_INLINE doubles load(const double *x, size_t count) {
  doubles v = {0};
  if (count >= lanes)
    memcpy(&v, x, sizeof v);
  else
    memcpy(&v, x, count * sizeof *x);
  return v;
}

struct context {
  double *out;
  const double *a, *b;
  size_t a_rows, b_rows, length;
};

/// Adds the products, or the squares of the differences, of `rows` rows of a, from row i, and `columns`
/// of b, from row j, over `count` elements from `first`.
ST_INLINE void add_tile(const struct context *k, size_t i, size_t j, size_t first, size_t count,
                        const int rows, const int columns, const int differences) {
  const double *a = k->a + i * k->length + first, *b = k->b + j * k->length + first;
  doubles sum[tile][tile];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int c = 0; c < columns; c++) sum[r][c] = (doubles){0};
  for (size_t e = 0; e < count; e += lanes) {
    doubles x[tile];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) x[r] = load(a + (size_t)r * k->length + e, count - e);
#pragma clang loop unroll(full)
    for (int c = 0; c < columns; c++) {
      doubles y = load(b + (size_t)c * k->length + e, count - e);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) {
        doubles d = x[r] - y;
        sum[r][c] += differences ? d * d : x[r] * y;
      }
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int c = 0; c < columns; c++) {
      doubles s = sum[r][c];
      k->out[(i + (size_t)r) * k->b_rows + j + (size_t)c] +=
          ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
    }
}

/// Tiles of rows of a.
ST_INLINE void add_rows(const struct context *k, size_t begin, size_t end, const int differences) {
  size_t last_row = end * tile < k->a_rows ? end * tile : k->a_rows;
  memset(k->out + begin * tile * k->b_rows, 0,
         (last_row - begin * tile) * k->b_rows * sizeof *k->out);
  for (size_t from = 0; from < k->b_rows; from += panel) {
    size_t to = from + panel < k->b_rows ? from + panel : k->b_rows;
    for (size_t first = 0; first < k->length; first += piece) {
      size_t count = k->length - first < piece ? k->length - first : piece;
      for (size_t i = begin * tile; i < last_row; i += tile) {
        size_t rows = last_row - i, j = from;
        if (rows >= tile)
          for (; j + tile <= to; j += tile)
            add_tile(k, i, j, first, count, tile, tile, differences);
        for (; j < to; j++)
          for (size_t r = 0; r < (rows < tile ? rows : tile); r++)
            add_tile(k, i + r, j, first, count, 1, 1, differences);
      }
    }
  }
}

ST_TASK(inner_products) { add_rows(context, begin, end, 0); }

ST_TASK(squared_distances) { add_rows(context, begin, end, 1); }

void st_inner_products(double *out, const double *a, size_t a_rows, const double *b, size_t b_rows,
                       size_t length) {
  struct context k = {out, a, b, a_rows, b_rows, length};
  st_parallel(st_divide_up(a_rows, tile), &k, inner_products_task);
}

void st_squared_distances(double *out, const double *a, size_t a_rows, const double *b,
                          size_t b_rows, size_t length) {
  struct context k = {out, a, b, a_rows, b_rows, length};
  st_parallel(st_divide_up(a_rows, tile), &k, squared_distances_task);
}
