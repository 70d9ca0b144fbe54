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
#define ATTENTION_VARIANT attention_bfloat16
#include "attention_body.h"
#pragma clang attribute pop
#endif
