#pragma once
#include "vector.h"

// Words of products in float32 (product.h): a number each.

enum { pack = 1, image_element = st_float32 };
typedef float word;
typedef float number;

ST_INLINE st_vector multiply_add(st_vector sum, word a, const word *b) {
  return sum + a * st_load(b);
}

/// As `multiply_add`, of words in registers.
ST_INLINE st_vector multiply_add_words(st_vector sum, st_words a, st_words b) {
  return sum + (st_vector)a * (st_vector)b;
}

/// Writes sixteen values of one channel each.
ST_INLINE void store_channels(word *to, st_vector v) { st_store(to, v); }

/// Values that are multiplied by others in `pack` rows, here one.
ST_INLINE st_words packed(const st_vector v[pack]) { return (st_words)v[0]; }

ST_INLINE void store_packed(word *to, const st_vector v[pack]) { st_store(to, v[0]); }

/// As `store_packed` of sixteen numbers each of `pack` rows, `stride` words apart.
ST_INLINE void pack_numbers(word *to, const word *rows, size_t stride) {
  (void)stride;
  st_store(to, st_load(rows));
}

/// Writes a panel of each of two rows, which are packed as they are.
ST_INLINE void store_rows_and_packed(word *rows, word *packed, st_vector v[2][ST_PANEL]) {
  (void)packed;
  UNROLLED_FOR (int r = 0; r < 2; r++)
    UNROLLED_FOR (int c = 0; c < ST_PANEL; c++)
      st_store(rows + (r * ST_PANEL + c) * st_width, v[r][c]);
}

/// The first numbers of words, of which there are no others.
ST_INLINE void numbers_of(st_vector v[pack], const word *words) { v[0] = st_load(words); }

/// Sixteen values as numbers in a row.
ST_INLINE void store_numbers(number *to, st_vector v, const size_t count) {
  memcpy(to, &v, count * sizeof *to);
}
