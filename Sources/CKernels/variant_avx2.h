// Kernels of products (product.h) for AVX2.
#if defined(__x86_64__)
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "dispatch.h"

#define ST_VARIANT(name) name##_avx2
#define ST_PANEL 1
#pragma clang attribute push(__attribute__((target(ST_AVX2))), apply_to = function)
#include "words_float32.h"

ST_INLINE st_vector power_of_two(st_vector x) { return st_exp2(x); }
#endif
