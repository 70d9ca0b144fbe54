// The part of winograd_body.h that transforms a weight's filters.

#include "filters.h"

static size_t weight_bytes(const struct st_winograd *s) {
  return areas * weight_step(s) * sizeof(word);
}

/// Transforms the filters of sixteen outputs and sixteen inputs: those of an input, or of a pack of them, become a row.
///
/// Of the convolution backward they are turned by 180 degrees.
ST_INLINE void transform_block(word *to, size_t area_step, size_t row, const struct filters *k,
                               size_t output, size_t input) {
  st_vector taps[st_width * 9];
  load_filters(taps, k, output, input, 9);
  for (size_t i = 0; i < st_width; i += pack, to += row) {
    st_vector values[pack][areas];
    UNROLLED_FOR (size_t p = 0; p < pack; p++) {
      st_vector filter[9];
      const st_vector *from = taps + (i + p) * 9;
      UNROLLED_FOR (int t = 0; t < 9; t++) filter[t] = from[k->backward ? 8 - t : t];
      transform_filters(values[p], filter);
    }
    UNROLLED_FOR (size_t a = 0; a < areas; a++) {
      st_vector packed[pack];
      UNROLLED_FOR (int p = 0; p < pack; p++) packed[p] = values[p][a];
      store_packed(to + a * area_step, packed);
    }
  }
}

struct weight_context {
  word *u;
  struct filters filters;
  struct st_winograd s;
};

static void weight_task(const void *context, size_t begin, size_t end) {
  const struct weight_context *k = context;
  size_t depth = k->s.inputs / pack;
  for (size_t unit = begin; unit < end; unit++) {
    size_t input = unit / (k->s.outputs / st_width) * st_width;
    size_t output = unit % (k->s.outputs / st_width) * st_width;
    size_t c = output / (panel * st_width) * (panel * st_width);
    size_t width = smaller(k->s.outputs - c, panel * st_width);
    word *to = k->u + c * depth + input / pack * width + (output - c);
    transform_block(to, weight_step(&k->s), width, &k->filters, output, input);
  }
}

static void transform_weight(void *u, const float *w, const struct st_weight *weight, bool backward,
                             const struct st_winograd *s) {
  struct weight_context k = {.u = u, .filters = {w, *weight, 9, backward}, .s = *s};
  st_parallel(s->inputs / st_width * (s->outputs / st_width), &k, weight_task);
}
