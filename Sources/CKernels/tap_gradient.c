#include "product_kernels.h"

static const struct tap_gradient_variant *variant(const struct st_convolution *s) {
  return st_product_kernels(s->element)->tap_gradient;
}

size_t st_tap_gradient_scratch(const struct st_convolution *s) { return variant(s)->scratch(s); }

void st_tap_gradient(float *dw, const struct st_weight *weight, float *db, const void *x,
                     const void *dy, void *scratch, const struct st_convolution *s) {
  variant(s)->gradient(dw, weight, db, x, dy, scratch, s);
}
