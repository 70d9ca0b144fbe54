#pragma once
#include "parallel.h"
#include "vector.h"

// Matrix products of words (words_float32.h, words_bfloat16_avx512.h, words_bfloat16_neon.h), included once for each kind.
// A word holds `pack` numbers in a row of the sum.

enum {
  panel = ST_PANEL, ///< vectors of outputs that a product works on at once
  most_rows =
      ST_ROWS, ///< and rows: 24 sums, 4 factors and a broadcast fill 32 registers of AVX-512 or
               ///< NEON, 12 sums, 2 factors and a broadcast 16 of AVX2
  line = 16,   ///< words, by which matrices are moved apart: at equal distances of 4096 bytes
               ///< they would share a set of the cache
};

ST_INLINE size_t round_up(size_t a, size_t b) { return st_divide_up(a, b) * b; }
ST_INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
ST_INLINE size_t larger(size_t a, size_t b) { return a > b ? a : b; }

/// out (rows x columns vectors) = or += a times b, a sum of `count` words. a: word i of row r lies
/// at r * a_row + i * a_step; b: vector c of row i at i * b_step + c * b_column.
ST_INLINE void multiply(float *out, size_t out_row, const word *a, size_t a_row, size_t a_step,
                        const word *b, size_t b_step, size_t b_column, size_t count, bool adds,
                        const int rows, const int columns) {
  st_vector sum[most_rows][panel];
  UNROLLED_FOR (int r = 0; r < rows; r++)
    UNROLLED_FOR (int c = 0; c < columns; c++)
      sum[r][c] = adds ? st_load(out + (size_t)r * out_row + c * st_width) : (st_vector){0};
  for (size_t i = 0; i < count; i++, a += a_step, b += b_step)
    UNROLLED_FOR (int r = 0; r < rows; r++)
      UNROLLED_FOR (int c = 0; c < columns; c++)
        sum[r][c] = multiply_add(sum[r][c], a[(size_t)r * a_row], b + (size_t)c * b_column);
  UNROLLED_FOR (int r = 0; r < rows; r++)
    UNROLLED_FOR (int c = 0; c < columns; c++)
      st_store(out + (size_t)r * out_row + c * st_width, sum[r][c]);
}

typedef void (*kernel)(float *, size_t, const word *, size_t, size_t, const word *, size_t, size_t,
                       size_t, bool);
#define KERNEL(rows, columns) \
  static void multiply_##rows##_##columns(float *out, size_t out_row, const word *a, size_t a_row, \
                                          size_t a_step, const word *b, size_t b_step, \
                                          size_t b_column, size_t count, bool adds) { \
    multiply(out, out_row, a, a_row, a_step, b, b_step, b_column, count, adds, \
             rows < most_rows ? rows : most_rows, columns); \
  }
#if ST_PANEL == 1
#define KERNELS(rows) KERNEL(rows, 1)
#define ROW_OF_KERNELS(rows) \
  { multiply_##rows##_1 }
#else
#define KERNELS(rows) KERNEL(rows, 1) KERNEL(rows, 2) KERNEL(rows, 3) KERNEL(rows, 4)
#define ROW_OF_KERNELS(rows) \
  { multiply_##rows##_1, multiply_##rows##_2, multiply_##rows##_3, multiply_##rows##_4 }
#endif
KERNELS(2)
KERNELS(4)
KERNELS(6)

/// As `multiply`, of any even number of rows.
static void product_of_planes(float *out, size_t out_row, const word *a, size_t a_row,
                              size_t a_step, size_t rows, const word *b, size_t b_step,
                              size_t b_column, size_t columns, size_t count, bool adds) {
  static const kernel kernels[][panel] = {ROW_OF_KERNELS(2), ROW_OF_KERNELS(4), ROW_OF_KERNELS(6)};
  for (size_t r = 0; r < rows;) {
    // Of eight rows, as a small head has, four and four are faster than six and two.
    size_t height = smaller(rows - r == 8 ? 4 : rows - r, most_rows);
    kernels[height / 2 - 1][columns - 1](out + r * out_row, out_row, a + r * a_row, a_row, a_step,
                                         b, b_step, b_column, count, adds);
    r += height;
  }
}

/// As `product_of_planes`, of b's vectors beside each other.
static void product(float *out, size_t out_row, const word *a, size_t a_row, size_t a_step,
                    size_t rows, const word *b, size_t b_step, size_t columns, size_t count,
                    bool adds) {
  product_of_planes(out, out_row, a, a_row, a_step, rows, b, b_step, st_width, columns, count,
                    adds);
}

#define LOWER_PAIRS(a, b) \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29)
#define UPPER_PAIRS(a, b) \
  __builtin_shufflevector(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31)
#define LOWER_HALVES(a, b) \
  __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define UPPER_HALVES(a, b) \
  __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#define EVEN_FOURS(a, b) \
  __builtin_shufflevector(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27)
#define ODD_FOURS(a, b) \
  __builtin_shufflevector(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31)
#define LOWER_EIGHTS(a, b) \
  __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
#define UPPER_EIGHTS(a, b) \
  __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31)

/// Rows become columns.
ST_INLINE void transpose(st_vector v[st_width]) {
  // Squares of 4 x 4 elements, and then those squares among themselves: steps that registers of any width have.
  st_vector w[st_width];
  UNROLLED_FOR (int r = 0; r < st_width; r += 4) {
    st_vector a = LOWER_PAIRS(v[r], v[r + 1]), b = UPPER_PAIRS(v[r], v[r + 1]);
    st_vector c = LOWER_PAIRS(v[r + 2], v[r + 3]), d = UPPER_PAIRS(v[r + 2], v[r + 3]);
    w[r] = LOWER_HALVES(a, c), w[r + 1] = UPPER_HALVES(a, c);
    w[r + 2] = LOWER_HALVES(b, d), w[r + 3] = UPPER_HALVES(b, d);
  }
  UNROLLED_FOR (int r = 0; r < 4; r++) {
    st_vector a = EVEN_FOURS(w[r], w[r + 4]), b = ODD_FOURS(w[r], w[r + 4]);
    st_vector c = EVEN_FOURS(w[r + 8], w[r + 12]), d = ODD_FOURS(w[r + 8], w[r + 12]);
    v[r] = LOWER_EIGHTS(a, c), v[r + 8] = UPPER_EIGHTS(a, c);
    v[r + 4] = LOWER_EIGHTS(b, d), v[r + 12] = UPPER_EIGHTS(b, d);
  }
}

/// Writes what sixteen outputs have in `count` rows, at most 16, to the places of the outputs,
/// `stride` apart, of which there are `outputs`.
ST_INLINE void store_columns(float *to, size_t stride, size_t outputs, st_vector rows[st_width],
                             size_t count) {
  transpose(rows);
  for (size_t o = 0; o < smaller(outputs, st_width); o++) {
    if (count == st_width)
      st_store(to + o * stride, rows[o]);
    else
      st_store_part(to + o * stride, rows[o], count);
  }
}
