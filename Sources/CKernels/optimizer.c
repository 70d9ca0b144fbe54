#include "optimizer.h"

#include <math.h>
#include <stdlib.h>

#include "parallel.h"
#include "vector.h"

enum { piece = 16384 };

typedef double st_doubles __attribute__((vector_size(8 * st_width)));

struct norm_context {
  const float *x;
  size_t count;
  double *sums;
};

ST_TASK(norm) {
  const struct norm_context *k = context;
  for (size_t part = begin; part < end; part++) {
    size_t i = part * piece, last = i + piece < k->count ? i + piece : k->count;
    double total = 0;
    while (i < last) {
      size_t stop = i + 1024 < last ? i + 1024 : last;
      st_doubles sum = {0};
      for (; i + st_width <= stop; i += st_width) {
        st_doubles v = __builtin_convertvector(st_load(k->x + i), st_doubles);
        sum += v * v;
      }
      if (i < stop) {
        st_doubles v = __builtin_convertvector(st_load_part(k->x + i, stop - i), st_doubles);
        sum += v * v;
        i = stop;
      }
      for (int l = 0; l < st_width; l++) total += sum[l];
    }
    k->sums[part] = total;
  }
}

double st_sum_of_squares(const float *x, size_t count) {
  size_t parts = st_divide_up(count, piece);
  double *sums = malloc((parts ? parts : 1) * sizeof *sums);
  if (!sums) return NAN;
  struct norm_context k = {x, count, sums};
  st_parallel(parts, &k, norm_task);
  double total = 0;
  for (size_t i = 0; i < parts; i++) total += sums[i];
  free(sums);
  return total;
}

struct adamw_context {
  float *weights, *first, *second, *average;
  const float *gradients;
  size_t count;
  struct st_adamw s;
};

ST_INLINE st_vector square_root(st_vector x) { return __builtin_elementwise_sqrt(x); }

ST_INLINE void adamw_vector(const struct st_adamw *s, st_vector *w, st_vector *m, st_vector *v,
                            st_vector *a, st_vector g) {
  g *= s->gradient_scale;
  *m = *m * s->beta1 + g * (1 - s->beta1);
  *v = *v * s->beta2 + g * g * (1 - s->beta2);
  st_vector step = *m * s->correction1 / (square_root(*v * s->correction2) + s->epsilon);
  *w -= s->learning_rate * (step + *w * s->weight_decay);
  *a += (*w - *a) * (1 - s->average_decay);
}

ST_TASK(adamw) {
  const struct adamw_context *k = context;
  size_t i = begin * piece, last = end * piece < k->count ? end * piece : k->count;
  for (; i < last; i += st_width) {
    size_t part = last - i < st_width ? last - i : st_width;
    st_vector w, m, v, a, g;
    if (part == st_width) {
      w = st_load(k->weights + i), m = st_load(k->first + i), v = st_load(k->second + i);
      a = st_load(k->average + i), g = st_load(k->gradients + i);
      adamw_vector(&k->s, &w, &m, &v, &a, g);
      st_store(k->weights + i, w), st_store(k->first + i, m), st_store(k->second + i, v);
      st_store(k->average + i, a);
    } else {
      w = st_load_part(k->weights + i, part), m = st_load_part(k->first + i, part);
      v = st_load_part(k->second + i, part), a = st_load_part(k->average + i, part);
      g = st_load_part(k->gradients + i, part);
      adamw_vector(&k->s, &w, &m, &v, &a, g);
      st_store_part(k->weights + i, w, part), st_store_part(k->first + i, m, part);
      st_store_part(k->second + i, v, part), st_store_part(k->average + i, a, part);
    }
  }
}

void st_adamw(float *weights, float *first, float *second, float *average, const float *gradients,
              size_t count, const struct st_adamw *step) {
  struct adamw_context k = {weights, first, second, average, gradients, count, *step};
  st_parallel(st_divide_up(count, piece), &k, adamw_task);
}
