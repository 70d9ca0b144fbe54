#include "product_kernels.h"

static const struct convolution_variant *variant(const struct st_convolution *s) {
  return st_product_kernels(s->element)->convolution;
}

size_t st_convolution_weight_bytes(const struct st_convolution *s) {
  return s->kernel_height * s->kernel_width * s->inputs * s->outputs *
         (s->element == st_bfloat16 ? 2 : 4);
}

size_t st_convolution_scratch(bool backward, const struct st_convolution *s) {
  return variant(s)->scratch(backward, s);
}

void st_convolution_transform_weight(void *u, const float *w, const struct st_weight *weight,
                                     bool backward, const struct st_convolution *s) {
  variant(s)->transform_weight(u, w, weight, backward, s);
}

void st_convolution_run(void *y, const void *x, const void *u, const float *bias,
                        const void *residual, void *scratch, bool backward,
                        const struct st_convolution *s) {
  variant(s)->run(y, x, u, bias, residual, scratch, backward, s);
}
