#include "product_kernels.h"
#include "vector.h"

static const struct attention_variant *variant(const struct st_attention *s) {
  return st_product_kernels(s->element)->attention;
}

struct padding {
  void *x;
  const struct st_attention *s;
};

/// Clears the last block of images.
static void clear_task(const void *context, size_t begin, size_t end) {
  const struct padding *k = context;
  size_t blocks = st_divide_up(k->s->channels, st_width), size = k->s->pixels * st_width;
  for (size_t n = begin; n < end; n++)
    memset(st_mutable_element_at(k->x, (n * blocks + blocks - 1) * size, k->s->element), 0,
           size * st_element_size(k->s->element));
}

/// Where the last block has channels past the last, which no head writes, makes them zero.
static void clear_padding(void *x, const struct st_attention *s) {
  struct padding k = {x, s};
  if (s->channels % st_width) st_parallel(s->images, &k, clear_task);
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
