#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ST_PANEL 1
#include "words_float32.h"

ST_INLINE st_vector power_of_two(st_vector x) { return st_exp2(x); }

#define ATTENTION_VARIANT attention_portable
#include "attention_body.h"
