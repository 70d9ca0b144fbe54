#pragma once
// How a weight's gradient is divided among threads, for kernels that compute it as sums of products
// over items, which are tiles or pixels: `areas` matrices of inputs x outputs.
//
// A part has some of the inputs, some of the outputs and a group of the items. One thread computes
// it, in its own cache, factors included: sums and factors that travel from core to core take longer
// than the factors that several parts prepare anew.

#include "product.h"

enum {
  part_bytes = 600 << 10, ///< of a part's sums at most: half of a second-level cache
  group_items = 256,      ///< at least, where items are divided into groups
  groups_bytes = 4 << 20, ///< of the sums of all groups at most, unless there is one
  parts_per_thread = 2,   ///< at least: a thread that other programs hold up leaves some to others
};

struct division {
  size_t areas, y_areas; ///< that the factors of inputs and of outputs have: y may be one for all
  size_t inputs, outputs, items;
  size_t chunk; ///< items whose factors are prepared at once
  // What follows from these:
  size_t threads;
  size_t groups, in_group;          ///< groups of items, and items in each but the last
  size_t some_inputs, some_outputs; ///< of each part but the last
};

struct part {
  size_t input, inputs, output, outputs; ///< the first channel and how many
  size_t first, last;                    ///< items from the first to before the last
  float *du;                             ///< rows of outputs
  size_t du_step;                        ///< from one area to the next
  float *sums;                           ///< of y; null where another part has them
};

ST_INLINE size_t parts_of_group(const struct division *d) {
  return st_divide_up(d->inputs, d->some_inputs) * st_divide_up(d->outputs, d->some_outputs);
}

ST_INLINE size_t sums_step(const struct division *d) {
  return d->some_inputs * d->some_outputs + line;
}

ST_INLINE size_t half_of(size_t channels) { return round_up(channels / 2, st_width); }

/// - Parameter d: with what is given.
static struct division divide(struct division d, size_t threads) {
  d.threads = threads, d.some_inputs = d.inputs, d.some_outputs = d.outputs;
  // Groups follow from the shape alone, as the order of the sums does from them.
  size_t bytes = d.areas * d.inputs * d.outputs * sizeof(float);
  size_t groups = larger(smaller(d.items / group_items, groups_bytes / bytes), 1);
  d.in_group = round_up(st_divide_up(d.items, groups), st_width);
  d.groups = st_divide_up(d.items, d.in_group);
  size_t parts = threads > 1 ? parts_per_thread * threads : 1;
  while (d.areas * d.some_inputs * d.some_outputs * sizeof(float) > part_bytes ||
         d.groups * parts_of_group(&d) < parts) {
    bool wide = d.some_outputs > d.some_inputs && d.some_outputs > panel * st_width;
    if (d.some_inputs > st_width && !wide)
      d.some_inputs = half_of(d.some_inputs);
    else if (d.some_outputs > st_width)
      d.some_outputs = half_of(d.some_outputs);
    else
      break;
  }
  return d;
}

ST_INLINE size_t part_floats(const struct division *d) { return d->areas * sums_step(d); }

/// Whether a part's sums are the gradient's, which its thread then writes to their place at once.
ST_INLINE bool is_whole(const struct division *d) { return d->groups == 1; }

/// Floats of all sums: the gradient's of each part, or of each thread where parts are whole; and
/// then y's of each group.
static size_t division_floats(const struct division *d) {
  size_t parts = is_whole(d) ? d->threads : d->groups * parts_of_group(d);
  return parts * part_floats(d) + d->groups * d->outputs;
}

/// Words from one area to the next of a part's factors.
ST_INLINE size_t factor_step(const struct division *d, size_t channels) {
  return d->chunk / pack * channels + line;
}

/// Words of the factors that a thread prepares at once: of inputs, then of outputs.
ST_INLINE size_t factor_words(const struct division *d) {
  return d->areas * factor_step(d, d->some_inputs) + d->y_areas * factor_step(d, d->some_outputs);
}

/// Bytes that a gradient needs, enough for fewer threads, too, whose parts are larger.
static size_t gradient_bytes(struct division d) {
  size_t most = 0;
  for (size_t threads = 1; threads <= (size_t)st_threads(); threads++) {
    d = divide(d, threads);
    size_t factors = threads * factor_words(&d) * sizeof(word);
    most = larger(most, division_floats(&d) * sizeof(float) + factors);
  }
  return most;
}

ST_INLINE float *sums_of_outputs(const struct division *d, float *du) {
  return du + division_floats(d) - d->groups * d->outputs;
}

static struct part part_of(const struct division *d, size_t number, float *du) {
  size_t across = st_divide_up(d->outputs, d->some_outputs), parts = parts_of_group(d);
  size_t group = number / parts, in = number % parts / across, out = number % across;
  struct part p = {.input = in * d->some_inputs, .output = out * d->some_outputs};
  p.inputs = smaller(d->some_inputs, d->inputs - p.input);
  p.outputs = smaller(d->some_outputs, d->outputs - p.output);
  p.first = group * d->in_group;
  p.last = smaller(p.first + d->in_group, d->items);
  p.du_step = sums_step(d);
  p.du = du + (is_whole(d) ? (size_t)st_thread() : number) * part_floats(d);
  if (in == 0) p.sums = sums_of_outputs(d, du) + group * d->outputs + p.output;
  return p;
}

/// Sums of all groups, of sixteen outputs, from where those of the first lie.
ST_INLINE st_vector sum_of_groups(const struct division *d, const float *du) {
  st_vector sum = st_load(du);
  for (size_t group = 1; group < d->groups; group++)
    sum += st_load(du + group * parts_of_group(d) * part_floats(d));
  return sum;
}

/// db: y's sums of all groups.
static void add_outputs(float *db, const struct division *d, float *du) {
  const float *sums = sums_of_outputs(d, du);
  memcpy(db, sums, d->outputs * sizeof *db);
  for (size_t group = 1; group < d->groups; group++)
    for (size_t o = 0; o < d->outputs; o++) db[o] += sums[group * d->outputs + o];
}

struct gradient_work {
  struct division division;
  const void *context;
  void (*compute)(const void *context, struct part, word *factors); ///< a part's sums
  void (*finish)(const void *context, struct part);                 ///< its gradient from them
  float *du;
  word *factors; ///< of all threads
};

static void compute_task(const void *context, size_t begin, size_t end) {
  const struct gradient_work *k = context;
  word *mine = k->factors + (size_t)st_thread() * factor_words(&k->division);
  for (size_t number = begin; number < end; number++) {
    struct part p = part_of(&k->division, number, k->du);
    k->compute(k->context, p, mine);
    if (is_whole(&k->division)) k->finish(k->context, p);
  }
}

static void finish_task(const void *context, size_t begin, size_t end) {
  const struct gradient_work *k = context;
  for (size_t number = begin; number < end; number++)
    k->finish(k->context, part_of(&k->division, number, k->du));
}

/// Computes all parts; db, which may be null, is y's sums.
static void run_gradient(struct gradient_work k, float *db, void *scratch) {
  k.du = scratch;
  k.factors = (word *)(k.du + division_floats(&k.division));
  st_parallel(k.division.groups * parts_of_group(&k.division), &k, compute_task);
  if (!is_whole(&k.division)) st_parallel(parts_of_group(&k.division), &k, finish_task);
  if (db) add_outputs(db, &k.division, k.du);
}
