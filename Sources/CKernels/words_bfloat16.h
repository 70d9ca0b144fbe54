#pragma once
#include "vector.h"

// Words of products in bfloat16 (product.h): two numbers each, the first in the lower half.

enum { pack = 2, image_element = st_bfloat16 };
typedef uint32_t word;

ST_INLINE st_vector multiply_add(st_vector sum, word a, const word *b) {
  return (st_vector)_mm512_dpbf16_ps((__m512)sum, (__m512bh)_mm512_set1_epi32((int)a),
                                     (__m512bh)_mm512_loadu_si512(b));
}

/// Writes sixteen values of one channel each.
ST_INLINE void store_channels(word *to, st_vector v) {
  _mm256_storeu_si256((__m256i *)to, (__m256i)_mm512_cvtneps_pbh((__m512)v));
}

/// Writes values that are multiplied by others in `pack` rows, pair by pair.
ST_INLINE void store_packed(word *to, const st_vector v[pack]) {
  __m512i low = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh((__m512)v[0]));
  __m512i high = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh((__m512)v[1]));
  _mm512_storeu_si512(to, _mm512_or_si512(low, _mm512_slli_epi32(high, 16)));
}
