// Kernels of products (product.h) for AVX-512.
#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ST_VARIANT(name) name##_avx512
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))), apply_to = function)
#include "words_float32.h"

/// As `st_exp2`.
ST_INLINE st_vector power_of_two(st_vector x) {
  st_vector n = (st_vector)_mm512_roundscale_ps((__m512)x, _MM_FROUND_TO_NEAREST_INT), r = x - n;
  return (st_vector)_mm512_scalef_ps((__m512)st_exp2_of_part(r), (__m512)n);
}
#endif
