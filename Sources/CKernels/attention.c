#include "product_kernels.h"
#include "vector.h"

static const struct attention_variant *variant(const struct st_attention *s) {
  return st_product_kernels(s->element)->attention;
}

/// Where the last block has channels past the last, which no head writes, makes them zero.
static void clear_padding(void *x, const struct st_attention *s) {
  size_t blocks = (s->channels + s->lanes - 1) / s->lanes;
  if (s->channels % s->lanes)
    memset(x, 0, s->images * blocks * s->lanes * s->pixels * st_element_size(s->element));
}

size_t st_attention_forward_scratch(const struct st_attention *s, size_t threads) {
  return variant(s)->forward_scratch(s, threads);
}

void st_attention_forward(void *y, float *logarithms, float *scratch, const void *q, const void *k,
                          const void *v, const struct st_attention *s) {
  clear_padding(y, s);
  variant(s)->forward(y, logarithms, scratch, q, k, v, s);
}

size_t st_attention_backward_scratch(const struct st_attention *s, size_t threads) {
  return variant(s)->backward_scratch(s, threads);
}

void st_attention_backward(void *dq, void *dk, void *dv, float *scratch, const void *dy,
                           const void *y, const float *logarithms, const void *q, const void *k,
                           const void *v, const struct st_attention *s) {
  clear_padding(dq, s), clear_padding(dk, s), clear_padding(dv, s);
  variant(s)->backward(dq, dk, dv, scratch, dy, y, logarithms, q, k, v, s);
}
