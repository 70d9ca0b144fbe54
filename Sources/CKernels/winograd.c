#include "product_kernels.h"

static const struct winograd_variant *variant(const struct st_winograd *s) {
  return st_product_kernels(s->element)->winograd;
}

size_t st_winograd_weight_bytes(const struct st_winograd *s) { return variant(s)->weight_bytes(s); }

size_t st_winograd_scratch(const struct st_winograd *s) { return variant(s)->scratch(s); }

size_t st_winograd_training_scratch(const struct st_winograd *s) {
  return variant(s)->training_scratch(s);
}

size_t st_winograd_gradient_scratch(const struct st_winograd *s) {
  return variant(s)->gradient_scratch(s);
}

void st_winograd_transform_weight(void *u, const float *w, const struct st_weight *weight,
                                  bool backward, const struct st_winograd *s) {
  variant(s)->transform_weight(u, w, weight, backward, s);
}

void st_winograd_convolve(void *y, const void *x, const void *u, const float *bias,
                          const void *residual, void *scratch, const struct st_winograd *s) {
  variant(s)->convolve(y, x, u, bias, residual, scratch, s);
}

void st_winograd_convolve_once(void *y, const void *x, const float *w,
                               const struct st_weight *weight, bool backward, const float *bias,
                               const void *residual, void *scratch, const struct st_winograd *s) {
  variant(s)->convolve_once(y, x, w, weight, backward, bias, residual, scratch, s);
}

void st_winograd_weight_gradient(float *dw, const struct st_weight *weight, float *db,
                                 const void *x, const void *dy, void *scratch,
                                 const struct st_winograd *s) {
  variant(s)->weight_gradient(dw, weight, db, x, dy, scratch, s);
}
