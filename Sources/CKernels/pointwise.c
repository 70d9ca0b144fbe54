#include "pointwise.h"

#include "vector.h"

// Loops over elements that need no neighbor, cut into pieces of a few pages.

enum { piece = 16384 };

struct arguments {
  void *y;
  const void *a, *b;
  float factor;
  size_t count;
};

#define ST_POINTWISE(name, expression) \
  ST_INLINE void name##_elements(const struct arguments *k, size_t i, size_t count, \
                                 st_element element) { \
    st_vector a = st_load_elements(k->a, i, count, element); \
    st_vector b = st_load_elements(k->b, i, count, element); \
    (void)b; \
    st_store_elements(k->y, i, expression, count, element); \
  } \
  ST_IMAGE_TASK(name) { \
    const struct arguments *k = context; \
    size_t i = begin * piece, last = end * piece < k->count ? end * piece : k->count; \
    for (; i + st_width <= last; i += st_width) name##_elements(k, i, st_width, element); \
    if (i < last) name##_elements(k, i, last - i, element); \
  } \
  static void name(void *y, const void *a, const void *b, float factor, size_t count, \
                   st_element element) { \
    struct arguments k = {y, a, b, factor, count}; \
    st_parallel(st_divide_up(count, piece), &k, name##_task(element)); \
  }

ST_POINTWISE(silu, st_silu(a))
ST_POINTWISE(silu_times, st_silu_slope(b) * a)
ST_POINTWISE(add, a + b)
ST_POINTWISE(add_scaled, a + k->factor * b)
ST_POINTWISE(move_towards, a + k->factor * (b - a))

void st_silu_forward(void *y, const void *x, size_t count, st_element element) {
  silu(y, x, x, 0, count, element);
}

void st_silu_backward(void *dx, const void *dy, const void *x, size_t count, st_element element) {
  silu_times(dx, dy, x, 0, count, element);
}

void st_add(void *y, const void *a, const void *b, size_t count, st_element element) {
  add(y, a, b, 0, count, element);
}

void st_add_scaled(float *y, const float *x, float a, size_t count) {
  add_scaled(y, y, x, a, count, st_float32);
}

void st_move_towards(float *y, const float *x, float a, size_t count) {
  move_towards(y, y, x, a, count, st_float32);
}

ST_IMAGE_TASK(copy) {
  const struct arguments *k = context;
  size_t first = begin * piece, last = end * piece < k->count ? end * piece : k->count;
  memcpy(st_mutable_element_at(k->y, first, element), st_element_at(k->a, first, element),
         (last - first) * st_element_size(element));
}

void st_copy(void *y, const void *x, size_t count, st_element element) {
  struct arguments k = {y, x, x, 0, count};
  st_parallel(st_divide_up(count, piece), &k, copy_task(element));
}
