#if defined(__x86_64__)
#include <immintrin.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,avx512bf16"))), \
                             apply_to = function)
#include "vector.h"

// F(2 x 2, 3 x 3): Lavin & Gray 2016, section 4.1, with the points 0, 1, -1 and infinity.

enum { tile = 2, points = tile + 2, pack = 2, image_element = st_bfloat16 };
/// Two bfloat16 numbers, the first in the lower half.
typedef uint32_t word;

/// B^T
ST_INLINE void transform_input(st_vector out[points], const st_vector d[points]) {
  out[0] = d[0] - d[2];
  out[1] = d[1] + d[2], out[2] = d[2] - d[1];
  out[3] = d[1] - d[3];
}

/// A^T
ST_INLINE void transform_output(st_vector out[tile], const st_vector m[points]) {
  out[0] = m[0] + m[1] + m[2];
  out[1] = m[1] - m[2] - m[3];
}

/// A
ST_INLINE void spread_output(st_vector out[points], const st_vector y[tile]) {
  out[0] = y[0];
  out[1] = y[0] + y[1], out[2] = y[0] - y[1];
  out[3] = -y[1];
}

/// G
ST_INLINE void transform_filter(st_vector out[points], const st_vector g[3]) {
  st_vector a = (g[0] + g[2]) * 0.5f, b = g[1] * 0.5f;
  out[0] = g[0];
  out[1] = a + b, out[2] = a - b;
  out[3] = g[2];
}

/// G^T
ST_INLINE void gather_filter(st_vector out[3], const st_vector u[points]) {
  st_vector a = (u[1] + u[2]) * 0.5f;
  out[0] = u[0] + a;
  out[1] = (u[1] - u[2]) * 0.5f;
  out[2] = a + u[3];
}

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

#define WINOGRAD_VARIANT winograd_bfloat16
#include "winograd_body.h"

#pragma clang attribute pop
#endif
