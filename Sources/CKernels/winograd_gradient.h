// The part of winograd_body.h that computes a weight's gradient: in each area, a sum over tiles of
// transformed inputs times spread gradients of outputs.

#include "weight_gradient.h"

enum { chunk = 32 }; ///< tiles whose factors are prepared at once

struct gradient_context {
  struct context tiles; ///< of x
  const void *dy;
  float *dw;
  struct st_weight weight;
  struct division division;
};

ST_INLINE void store_factors(word *to, size_t step, st_vector values[pack][areas]) {
  UNROLLED_FOR (int a = 0; a < areas; a++) {
    st_vector rows[pack];
    UNROLLED_FOR (int p = 0; p < pack; p++) rows[p] = values[p][a];
    store_packed(to + a * step, rows);
  }
}

/// Prepares a block of channels of tiles of x.
ST_INLINE void prepare_block(word *to, size_t step, const struct gradient_context *k, size_t block,
                             size_t first, size_t last, size_t channels) {
  for (size_t t = first; t < last; t += pack, to += channels) {
    st_vector values[pack][areas];
    UNROLLED_FOR (size_t p = 0; p < pack; p++) {
      if (t + p < last)
        inputs_of(values[p], &k->tiles, t + p, block);
      else
        memset(values[p], 0, sizeof values[p]);
    }
    store_factors(to, step, values);
  }
}

/// The same of dy, and its sum.
ST_INLINE st_vector spread_block(word *to, size_t step, const struct gradient_context *k,
                                 size_t block, size_t first, size_t last, size_t channels) {
  const struct st_winograd *s = &k->tiles.s;
  st_vector sum = {0};
  for (size_t t = first; t < last; t += pack, to += channels) {
    st_vector values[pack][areas];
    UNROLLED_FOR (size_t p = 0; p < pack; p++) {
      st_vector dy[tile * tile] = {0};
      if (t + p < last) {
        struct place at = place_of(&k->tiles, t + p);
        load_square(dy, tile, k->dy, plane(&k->tiles, at.image, block, s->outputs),
                    (ptrdiff_t)at.row, (ptrdiff_t)at.column, s);
      }
      spread_outputs(values[p], dy);
      // The second row of A is of ones, so this is the sum of the tile.
      sum += values[p][points + 1];
    }
    store_factors(to, step, values);
  }
  return sum;
}

/// du = V^T Y of a part.
static void compute_part(const void *context, struct part p, word *v) {
  const struct gradient_context *k = context;
  size_t v_step = factor_step(&k->division, p.inputs);
  size_t y_step = factor_step(&k->division, p.outputs);
  word *y = v + areas * v_step;
  if (p.sums) memset(p.sums, 0, p.outputs * sizeof *p.sums);
  for (size_t first = p.first; first < p.last; first += chunk) {
    size_t last = smaller(first + chunk, p.last);
    for (size_t c = 0; c < p.inputs; c += st_width)
      prepare_block(v + c, v_step, k, (p.input + c) / st_width, first, last, p.inputs);
    for (size_t c = 0; c < p.outputs; c += st_width) {
      st_vector sum =
          spread_block(y + c, y_step, k, (p.output + c) / st_width, first, last, p.outputs);
      if (p.sums) st_store(p.sums + c, st_load(p.sums + c) + sum);
    }
    for (size_t a = 0; a < areas; a++)
      for (size_t c = 0; c < p.outputs; c += panel * st_width)
        product(p.du + a * p.du_step + c, p.outputs, v + a * v_step, 1, p.inputs, p.inputs,
                y + a * y_step + c, p.outputs, smaller(p.outputs - c, panel * st_width) / st_width,
                st_divide_up(last - first, pack), first > p.first);
  }
}

/// dw = G^T du G of a part.
static void gather_part(const void *context, struct part p) {
  const struct gradient_context *k = context;
  for (size_t input = 0; input < p.inputs; input += st_width)
    for (size_t output = 0; output < p.outputs; output += st_width) {
      st_vector taps[st_width * 9];
      for (size_t i = 0; i < st_width; i++) {
        st_vector values[areas];
        const float *du = p.du + (input + i) * p.outputs + output;
        for (size_t a = 0; a < areas; a++)
          values[a] = sum_of_groups(&k->division, du + a * p.du_step);
        gather_filters(taps + i * 9, values);
      }
      size_t count = smaller(st_width, k->weight.inputs - p.input - input) * 9;
      size_t row = p.output + output;
      float *to = k->dw + row * k->weight.output_stride + (p.input + input) * 9;
      for (size_t t = 0; t < count; t += st_width)
        store_columns(to + t, k->weight.output_stride, k->weight.outputs - row, taps + t,
                      smaller(st_width, count - t));
    }
}

static struct division division_of(const struct st_winograd *s) {
  return (struct division){.areas = areas,
                           .y_areas = areas,
                           .inputs = s->inputs,
                           .outputs = s->outputs,
                           .items = context_of(s).tiles,
                           .chunk = chunk};
}

static size_t gradient_scratch(const struct st_winograd *s) {
  return gradient_bytes(division_of(s));
}

static void weight_gradient(float *dw, const struct st_weight *weight, float *db, const void *x,
                            const void *dy, void *scratch, const struct st_winograd *s) {
  struct gradient_context k = {.tiles = context_of(s), .dy = dy, .dw = dw, .weight = *weight};
  k.tiles.x = x;
  k.division = divide(division_of(s), (size_t)st_threads());
  run_gradient((struct gradient_work){k.division, &k, compute_part, gather_part}, db, scratch);
}
