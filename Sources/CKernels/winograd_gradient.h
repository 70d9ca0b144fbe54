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
  float *du;
  word *factors; ///< of all threads
};

/// Words from one area to the next of a part's factors.
ST_INLINE size_t factor_step(size_t channels) { return chunk / pack * channels + line; }

/// Words of the factors that a thread prepares at once.
ST_INLINE size_t factor_words(const struct division *d) {
  return areas * (factor_step(d->some_inputs) + factor_step(d->some_outputs));
}

ST_INLINE void store_factors(word *to, size_t step, st_vector values[pack][areas]) {
  UNROLLED_FOR (int a = 0; a < areas; a++) {
    st_vector rows[pack];
    UNROLLED_FOR (int p = 0; p < pack; p++) rows[p] = values[p][a];
    store_packed(to + a * step, rows);
  }
}

/// Transforms a block of channels of tiles of x.
ST_INLINE void transform_block(word *to, size_t step, const struct gradient_context *k,
                               size_t block, size_t first, size_t last, size_t channels) {
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
static void compute_part(const struct gradient_context *k, struct part p, word *v) {
  size_t v_step = factor_step(p.inputs), y_step = factor_step(p.outputs);
  word *y = v + areas * v_step;
  if (p.sums) memset(p.sums, 0, p.outputs * sizeof *p.sums);
  for (size_t first = p.first; first < p.last; first += chunk) {
    size_t last = smaller(first + chunk, p.last);
    for (size_t c = 0; c < p.inputs; c += st_width)
      transform_block(v + c, v_step, k, (p.input + c) / st_width, first, last, p.inputs);
    for (size_t c = 0; c < p.outputs; c += st_width) {
      st_vector sum =
          spread_block(y + c, y_step, k, (p.output + c) / st_width, first, last, p.outputs);
      if (p.sums) st_store(p.sums + c, st_load(p.sums + c) + sum);
    }
    for (size_t a = 0; a < areas; a++)
      for (size_t c = 0; c < p.outputs; c += panel * st_width)
        product(p.du + a * p.du_step + c, p.outputs, v + a * v_step, 1, p.inputs, p.inputs,
                y + a * y_step + c, p.outputs, smaller(p.outputs - c, panel * st_width) / st_width,
                (last - first + pack - 1) / pack, first > p.first);
  }
}

/// dw = G^T du G of a part.
static void gather_part(const struct gradient_context *k, struct part p) {
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

static void gradient_task(const void *context, size_t begin, size_t end) {
  const struct gradient_context *k = context;
  word *mine = k->factors + (size_t)st_thread() * factor_words(&k->division);
  for (size_t number = begin; number < end; number++) {
    struct part p = part_of(&k->division, number, k->du);
    compute_part(k, p, mine);
    if (is_whole(&k->division)) gather_part(k, p);
  }
}

static void gather_task(const void *context, size_t begin, size_t end) {
  const struct gradient_context *k = context;
  for (size_t number = begin; number < end; number++)
    gather_part(k, part_of(&k->division, number, k->du));
}

static struct gradient_context gradient_context(const struct st_winograd *s, size_t threads) {
  struct gradient_context k = {.tiles = context_of(s)};
  k.division = divide(areas, s->inputs, s->outputs, k.tiles.tiles, threads);
  return k;
}

/// Enough for fewer threads, too, whose parts are larger.
static size_t gradient_scratch(const struct st_winograd *s) {
  size_t most = 0;
  for (size_t threads = 1; threads <= (size_t)st_threads(); threads++) {
    struct gradient_context k = gradient_context(s, threads);
    most = larger(most, division_bytes(&k.division, factor_words(&k.division)));
  }
  return most;
}

static void weight_gradient(float *dw, const struct st_weight *weight, float *db, const void *x,
                            const void *dy, void *scratch, const struct st_winograd *s) {
  struct gradient_context k = gradient_context(s, (size_t)st_threads());
  k.tiles.x = x, k.dy = dy, k.dw = dw, k.weight = *weight, k.du = scratch;
  k.factors = (word *)(k.du + division_floats(&k.division));
  st_parallel(k.division.groups * parts_of_group(&k.division), &k, gradient_task);
  if (!is_whole(&k.division)) st_parallel(parts_of_group(&k.division), &k, gather_task);
  if (db) add_outputs(db, &k.division, k.du);
}
