#include "tap_gradient_variant.h"

#if defined(__x86_64__)

static const struct tap_gradient_variant *variant(const struct st_tap_gradient *s) {
  return s->element == st_float32 ? &tap_gradient_float32 : &tap_gradient_bfloat16;
}

size_t st_tap_gradient_scratch(const struct st_tap_gradient *s) { return variant(s)->scratch(s); }

void st_tap_gradient(float *dw, const struct st_weight *weight, float *db, const void *x,
                     const void *dy, void *scratch, const struct st_tap_gradient *s) {
  variant(s)->gradient(dw, weight, db, x, dy, scratch, s);
}

#else

// No other processor runs it, so nobody calls it.
size_t st_tap_gradient_scratch(const struct st_tap_gradient *s) { __builtin_trap(); }
void st_tap_gradient(float *dw, const struct st_weight *weight, float *db, const void *x,
                     const void *dy, void *scratch, const struct st_tap_gradient *s) {
  __builtin_trap();
}

#endif
