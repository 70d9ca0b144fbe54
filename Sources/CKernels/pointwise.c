#include "pointwise.h"

#include "parallel.h"
#include "vector.h"

// Loops over elements that need no neighbour, cut into pieces of a few pages.

enum { piece = 16384 };

struct arguments {
  float *y;
  const float *a, *b;
  float factor;
  size_t count;
};

#define ST_POINTWISE(name, expression) \
  ST_TASK(name) { \
    const struct arguments *k = context; \
    size_t i = begin * piece, last = end * piece < k->count ? end * piece : k->count; \
    for (; i + st_width <= last; i += st_width) { \
      st_vector a = st_load(k->a + i), b = st_load(k->b + i); \
      st_store(k->y + i, expression); \
    } \
    if (i < last) { \
      st_vector a = st_load_part(k->a + i, last - i), b = st_load_part(k->b + i, last - i); \
      st_store_part(k->y + i, expression, last - i); \
    } \
  } \
  static void name(float *y, const float *a, const float *b, float factor, size_t count) { \
    struct arguments k = {y, a, b, factor, count}; \
    st_parallel((count + piece - 1) / piece, &k, name##_task); \
  }

ST_INLINE st_vector silu_gradient(st_vector x) {
  st_vector s = st_sigmoid(x);
  return s * (1 + x * (1 - s));
}

ST_POINTWISE(silu, a * st_sigmoid(b))
ST_POINTWISE(silu_times, a * silu_gradient(b))
ST_POINTWISE(add, a + b)
ST_POINTWISE(add_scaled, a + k->factor * b)

void st_silu_forward(float *y, const float *x, size_t count) { silu(y, x, x, 0, count); }

void st_silu_backward(float *dx, const float *dy, const float *x, size_t count) {
  silu_times(dx, dy, x, 0, count);
}

void st_add(float *y, const float *a, const float *b, size_t count) { add(y, a, b, 0, count); }

void st_add_scaled(float *y, const float *x, float a, size_t count) {
  add_scaled(y, y, x, a, count);
}

ST_TASK(copy) {
  const struct arguments *k = context;
  size_t first = begin * piece, last = end * piece < k->count ? end * piece : k->count;
  memcpy(k->y + first, k->a + first, (last - first) * sizeof(float));
}

void st_copy(float *y, const float *x, size_t count) {
  struct arguments k = {y, x, x, 0, count};
  st_parallel((count + piece - 1) / piece, &k, copy_task);
}
