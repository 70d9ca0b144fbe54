#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,avx512bf16"))), \
                             apply_to = function)
#include "words_bfloat16.h"

/// The best polynomial of degree 3 for 2^r, |r| <= 1/2: its largest relative error, 7.5e-5, is a 26th of what
/// rounding to bfloat16 may be.
ST_INLINE st_vector power_of_two(st_vector x) {
  st_vector n = (st_vector)_mm512_roundscale_ps((__m512)x, _MM_FROUND_TO_NEAREST_INT), r = x - n;
  st_vector p = r * 5.517166907e-2f + 2.426111222e-1f;
  p = p * r + 6.932609855e-1f;
  p = p * r + 9.999280735e-1f;
  return (st_vector)_mm512_scalef_ps((__m512)p, (__m512)n);
}

#define ATTENTION_VARIANT attention_bfloat16
#include "attention_body.h"
#pragma clang attribute pop
#endif
