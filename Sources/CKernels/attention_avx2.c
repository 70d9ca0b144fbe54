#if defined(__x86_64__)
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "dispatch.h"

#pragma clang attribute push(__attribute__((target(ST_AVX2))), apply_to = function)
#define ST_PANEL 1
#include "words_float32.h"

ST_INLINE st_vector power_of_two(st_vector x) { return st_exp2(x); }

#define ATTENTION_VARIANT attention_avx2
#include "attention_body.h"
#pragma clang attribute pop
#endif
