// Kernels of products (product.h) for what every processor of an architecture has: SSE2, or NEON.
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ST_VARIANT(name) name##_portable
#define ST_PANEL 1
#if defined(__x86_64__)
#define ST_ROWS 2 // sixteen registers of four floats
#endif
#include "words_float32.h"

ST_INLINE st_vector power_of_two(st_vector x) { return st_exp2(x); }
