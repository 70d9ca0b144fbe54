#pragma once
#include "vector.h"

// Words of products in bfloat16 (product.h), with AVX-512: two numbers each, the first in the lower half.

enum { pack = 2, image_element = st_bfloat16 };
typedef uint32_t word;
typedef uint16_t number;

ST_INLINE st_vector multiply_add(st_vector sum, word a, const word *b) {
  return (st_vector)_mm512_dpbf16_ps((__m512)sum, (__m512bh)_mm512_set1_epi32((int)a),
                                     (__m512bh)_mm512_loadu_si512(b));
}

/// As `multiply_add`, of words in registers.
ST_INLINE st_vector multiply_add_words(st_vector sum, st_words a, st_words b) {
  return (st_vector)_mm512_dpbf16_ps((__m512)sum, (__m512bh)a, (__m512bh)b);
}

/// Writes sixteen values of one channel each.
ST_INLINE void store_channels(word *to, st_vector v) {
  _mm256_storeu_si256((__m256i *)to, (__m256i)_mm512_cvtneps_pbh((__m512)v));
}

/// Brings numbers of the upper half between those of the lower.
ST_INLINE __m512i interleaved(__m512i numbers) {
  const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24,
                                         8, 23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  return _mm512_permutexvar_epi16(order, numbers);
}

/// Values that are multiplied by others in `pack` rows, pair by pair.
ST_INLINE st_words packed(const st_vector v[pack]) {
  return (st_words)interleaved((__m512i)_mm512_cvtne2ps_pbh((__m512)v[1], (__m512)v[0]));
}

ST_INLINE void store_packed(word *to, const st_vector v[pack]) {
  _mm512_storeu_si512(to, (__m512i)packed(v));
}

/// As `store_packed` of sixteen numbers each of `pack` rows, `stride` words apart.
ST_INLINE void pack_numbers(word *to, const word *rows, size_t stride) {
  __m512i low = _mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)rows));
  __m256i high = _mm256_loadu_si256((const __m256i *)(rows + stride));
  _mm512_storeu_si512(to, interleaved(_mm512_inserti64x4(low, high, 1)));
}

/// Writes four vectors of each of two rows: as numbers in rows, and packed.
ST_INLINE void store_rows_and_packed(word *rows, word *packed, st_vector v[2][4]) {
  const __m512i low = _mm512_set_epi16(47, 15, 46, 14, 45, 13, 44, 12, 43, 11, 42, 10, 41, 9, 40, 8,
                                       39, 7, 38, 6, 37, 5, 36, 4, 35, 3, 34, 2, 33, 1, 32, 0);
  const __m512i high = _mm512_add_epi16(low, _mm512_set1_epi16(16));
  UNROLLED_FOR (int c = 0; c < 4; c += 2) {
    __m512i a = (__m512i)_mm512_cvtne2ps_pbh((__m512)v[0][c + 1], (__m512)v[0][c]);
    __m512i b = (__m512i)_mm512_cvtne2ps_pbh((__m512)v[1][c + 1], (__m512)v[1][c]);
    _mm512_storeu_si512(rows + c * (st_width / 2), a);
    _mm512_storeu_si512(rows + (c + 4) * (st_width / 2), b);
    _mm512_storeu_si512(packed + c * st_width, _mm512_permutex2var_epi16(a, low, b));
    _mm512_storeu_si512(packed + (c + 1) * st_width, _mm512_permutex2var_epi16(a, high, b));
  }
}

/// The first and the second numbers of words.
ST_INLINE void numbers_of(st_vector v[pack], const word *words) {
  __m512i both = _mm512_loadu_si512(words);
  v[0] = (st_vector)_mm512_slli_epi32(both, 16);
  v[1] = (st_vector)_mm512_and_si512(both, _mm512_set1_epi32((int)0xffff0000));
}

/// Sixteen values as numbers in a row.
ST_INLINE void store_numbers(number *to, st_vector v, const size_t count) {
  __m256i numbers = (__m256i)_mm512_cvtneps_pbh((__m512)v);
  memcpy(to, &numbers, count * sizeof *to);
}
