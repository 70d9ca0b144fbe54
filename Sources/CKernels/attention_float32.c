#if defined(__x86_64__)
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))), apply_to = function)
#include "words_float32.h"
#define ATTENTION_VARIANT attention_float32
#include "attention_body.h"
#pragma clang attribute pop
#endif
