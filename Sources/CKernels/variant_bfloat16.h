// Kernels of products (product.h) of bfloat16, for AVX-512 or NEON that has them.
#if defined(__x86_64__) || defined(__aarch64__)
#if defined(__x86_64__)
#include <immintrin.h>
#else
#include <arm_neon.h>
#endif
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ST_VARIANT(name) name##_bfloat16
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,avx512bf16"))), \
                             apply_to = function)
#include "words_bfloat16_avx512.h"
#else
#define ST_PANEL 1
#pragma clang attribute push(__attribute__((target("arch=armv8.2-a+bf16"))), apply_to = function)
#include "words_bfloat16_neon.h"
#endif

/// The best polynomial of degree 3 for 2^r, |r| <= 1/2: its largest relative error, 7.5e-5, is a 26th of what
/// rounding to bfloat16 may be.
ST_INLINE st_vector power_of_part(st_vector r) {
  st_vector p = r * 5.517166907e-2f + 2.426111222e-1f;
  p = p * r + 6.932609855e-1f;
  return p * r + 9.999280735e-1f;
}

#if defined(__x86_64__)
ST_INLINE st_vector power_of_two(st_vector x) {
  st_vector n = (st_vector)_mm512_roundscale_ps((__m512)x, _MM_FROUND_TO_NEAREST_INT), r = x - n;
  return (st_vector)_mm512_scalef_ps((__m512)power_of_part(r), (__m512)n);
}
#else
ST_INLINE st_vector power_of_two(st_vector x) {
  st_vector power, r = st_split_exponent(&power, x);
  return power_of_part(r) * power;
}
#endif
#endif
