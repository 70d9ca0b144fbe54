#include "layer_norm.h"

#include <stdlib.h>

#include "vector.h"

// The unit of work is a strip of pixels through all blocks: it stays in the first-level cache between
// the passes for the mean, the variance and the result.

enum { strip_vectors = 8 }; // as many pixels, or twice as many where a block has 8 lanes

// Backward it is a run of strips, which has its own sums of each channel: vectors, added up run by run when all are
// there, so that sums do not depend on the threads.

enum { run_strips = 16, sums_of_block = 3 }; // of dweight, dbias and dshift

struct context {
  struct st_group_norm sizes;
  size_t blocks, first_blocks, block_size; // elements
  void *y;
  const void *a, *b;
  const float *shift, *weight, *bias;
  void *da, *db;
  float *dshift, *dparameters;
  float *sums; // (images, runs, blocks, sums_of_block) vectors
  void *du;
  const void *dy, *adda[2], *addb[2];
};

/// A strip of an image: `count` elements of each block from `begin` on.
struct strip {
  size_t n, begin, count;
};

static struct context context_of(const void *a, const void *b, const float *shift,
                                 const float *weight, const float *bias,
                                 const struct st_group_norm *s) {
  size_t blocks = st_divide_up(s->channels, s->lanes);
  return (struct context){.sizes = *s,
                          .blocks = blocks,
                          .first_blocks = b ? s->first_channels / s->lanes : blocks,
                          .block_size = s->pixels * s->lanes,
                          .a = a,
                          .b = b,
                          .shift = shift,
                          .weight = weight,
                          .bias = bias};
}

static size_t strips(const struct context *k) {
  return st_divide_up(k->block_size, strip_vectors * st_width);
}

static struct strip strip_of(const struct context *k, size_t n, size_t index) {
  size_t begin = index * strip_vectors * st_width, left = k->block_size - begin;
  return (struct strip){n, begin,
                        left < strip_vectors * st_width ? left : strip_vectors * st_width};
}

/// Where the strip of a block begins in one of two tensors side by side.
ST_INLINE const void *piece(const void *a, const void *b, size_t block, const struct strip *p,
                            const struct context *k, st_element element) {
  size_t first = k->first_blocks, images_blocks = k->blocks - first;
  if (block < first)
    return st_element_at(a, (p->n * first + block) * k->block_size + p->begin, element);
  return st_element_at(b, (p->n * images_blocks + block - first) * k->block_size + p->begin,
                       element);
}

/// A number of each channel of a block, for every pixel of a vector; zero past the last channel.
ST_INLINE st_vector of_channels(const float *values, size_t block, const struct context *k) {
  size_t lanes = k->sizes.lanes, first = block * lanes;
  if (lanes == st_width && first + lanes <= k->sizes.channels) return st_load(values + first);
  st_vector v = {0};
  for (size_t l = 0; l < st_width; l++)
    if (first + l % lanes < k->sizes.channels) v[l] = values[first + l % lanes];
  return v;
}

ST_INLINE st_vector shift_of(size_t block, const struct strip *p, const struct context *k) {
  if (!k->shift) return (st_vector){0};
  return of_channels(k->shift + p->n * k->sizes.channels, block, k);
}

/// 1 in the lanes of channels, 0 past the last one.
ST_INLINE st_vector mask_of(size_t block, const struct context *k) {
  size_t lanes = k->sizes.lanes, first = block * lanes;
  if (first + lanes <= k->sizes.channels) return st_broadcast(1);
  st_vector v = {0};
  for (size_t l = 0; l < st_width; l++) v[l] = first + l % lanes < k->sizes.channels;
  return v;
}

/// In each lane the sum over its pixel's lanes.
ST_INLINE st_vector pixel_sums(st_vector v, size_t lanes) {
  v += __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
  v += __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
  v += __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
  if (lanes == st_width)
    v += __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  return v;
}

/// How many elements vector i of a strip has.
ST_INLINE size_t part(size_t count, size_t i) {
  size_t left = count - i * st_width;
  return left < st_width ? left : st_width;
}

/// The mean and 1 / sqrt(variance + epsilon) of each pixel.
ST_INLINE void statistics(st_vector *mean, st_vector *rstd, const struct strip *p, size_t count,
                          const struct context *k, st_element element) {
  size_t vectors = st_divide_up(count, st_width);
  float channels = (float)k->sizes.channels;
  for (size_t i = 0; i < vectors; i++) mean[i] = rstd[i] = (st_vector){0};
  for (size_t block = 0; block < k->blocks; block++) {
    const void *x = piece(k->a, k->b, block, p, k, element);
    st_vector shift = shift_of(block, p, k);
    for (size_t i = 0; i < vectors; i++)
      mean[i] += st_load_elements(x, i * st_width, part(count, i), element) + shift;
  }
  for (size_t i = 0; i < vectors; i++) mean[i] = pixel_sums(mean[i], k->sizes.lanes) / channels;
  for (size_t block = 0; block < k->blocks; block++) {
    const void *x = piece(k->a, k->b, block, p, k, element);
    st_vector shift = shift_of(block, p, k), mask = mask_of(block, k);
    for (size_t i = 0; i < vectors; i++) {
      st_vector d = st_load_elements(x, i * st_width, part(count, i), element) + shift - mean[i];
      rstd[i] += mask * d * d;
    }
  }
  for (size_t i = 0; i < vectors; i++) {
    st_vector variance = pixel_sums(rstd[i], k->sizes.lanes) / channels;
    rstd[i] = 1 / __builtin_elementwise_sqrt(variance + k->sizes.epsilon);
  }
}

/// `count` is p's, where it is known when this is compiled.
ST_INLINE void forward_strip(const struct strip *p, size_t count, const struct context *k,
                             st_element element) {
  size_t vectors = st_divide_up(count, st_width);
  st_vector mean[strip_vectors], rstd[strip_vectors];
  statistics(mean, rstd, p, count, k, element);
  for (size_t block = 0; block < k->blocks; block++) {
    const void *x = piece(k->a, k->b, block, p, k, element);
    void *y =
        (void *)st_element_at(k->y, (p->n * k->blocks + block) * k->block_size + p->begin, element);
    st_vector shift = shift_of(block, p, k);
    st_vector weight = of_channels(k->weight, block, k), bias = of_channels(k->bias, block, k);
    for (size_t i = 0; i < vectors; i++) {
      size_t elements = part(count, i);
      st_vector u = st_load_elements(x, i * st_width, elements, element) + shift - mean[i];
      u = u * rstd[i] * weight + bias;
      st_store_elements(y, i * st_width, k->sizes.silu ? st_silu(u) : u, elements, element);
    }
  }
}

ST_IMAGE_TASK(forward) {
  const struct context *k = context;
  size_t count = strips(k);
  for (size_t unit = begin; unit < end; unit++) {
    struct strip p = strip_of(k, unit / count, unit % count);
    if (p.count == strip_vectors * st_width)
      forward_strip(&p, strip_vectors * st_width, k, element);
    else
      forward_strip(&p, p.count, k, element);
  }
}

void st_layer_norm_forward(void *y, const void *a, const void *b, const float *shift,
                           const float *weight, const float *bias, const struct st_group_norm *s) {
  struct context k = context_of(a, b, shift, weight, bias, s);
  k.y = y;
  st_parallel(s->images * strips(&k), &k, forward_task(s->element));
}

static size_t runs(const struct context *k) { return st_divide_up(strips(k), run_strips); }

/// A run's sums of a block.
ST_INLINE float *sums_of(const struct context *k, size_t run, size_t block) {
  return k->sums + (run * k->blocks + block) * sums_of_block * st_width;
}

ST_INLINE void add_to(float *sum, st_vector v) { st_store(sum, st_load(sum) + v); }

/// Where dU of a strip's part of a block is noted down.
ST_INLINE void *du_of(size_t block, const struct strip *p, const struct context *k,
                      st_element element) {
  if (!k->du) return (void *)piece(k->da, k->db, block, p, k, element);
  return st_mutable_element_at(k->du, (p->n * k->blocks + block) * k->block_size + p->begin,
                               element);
}

/// With x^ = (x + shift - mean) rstd and dU = dy silu'(u): dweight = sum dU x^, dbias = sum dU, and
/// dx = rstd (weight dU - mean(weight dU) - x^ mean(weight dU x^)), the means over the channels.
///
/// The sums of dweight, dbias and the shift's gradient are added to those of `run`.
ST_INLINE void backward_strip(const struct strip *p, size_t count, const struct context *k,
                              size_t run, st_element element) {
  size_t vectors = st_divide_up(count, st_width), lanes = k->sizes.lanes;
  st_vector mean[strip_vectors], rstd[strip_vectors], sum[strip_vectors], product[strip_vectors];
  statistics(mean, rstd, p, count, k, element);
  for (size_t i = 0; i < vectors; i++) sum[i] = product[i] = (st_vector){0};

  // dU, noted down.
  for (size_t block = 0; block < k->blocks; block++) {
    const void *x = piece(k->a, k->b, block, p, k, element);
    const void *dy =
        st_element_at(k->dy, (p->n * k->blocks + block) * k->block_size + p->begin, element);
    void *noted = du_of(block, p, k, element);
    st_vector shift = shift_of(block, p, k), dweight = {0}, dbias = {0};
    st_vector weight = of_channels(k->weight, block, k), bias = of_channels(k->bias, block, k);
    for (size_t i = 0; i < vectors; i++) {
      size_t elements = part(count, i);
      st_vector v = st_load_elements(x, i * st_width, elements, element) + shift - mean[i];
      v *= rstd[i];
      st_vector du = st_load_elements(dy, i * st_width, elements, element);
      if (k->sizes.silu) du *= st_silu_slope(v * weight + bias);
      dweight += du * v;
      dbias += du;
      sum[i] += du * weight;
      product[i] += du * weight * v;
      st_store_elements(noted, i * st_width, du, elements, element);
    }
    add_to(sums_of(k, run, block), dweight);
    add_to(sums_of(k, run, block) + st_width, dbias);
  }
  float channels = (float)k->sizes.channels;
  for (size_t i = 0; i < vectors; i++) {
    sum[i] = pixel_sums(sum[i], lanes) / channels;
    product[i] = pixel_sums(product[i], lanes) / channels;
  }

  for (size_t block = 0; block < k->blocks; block++) {
    const void *x = piece(k->a, k->b, block, p, k, element);
    void *dx = (void *)piece(k->da, k->db, block, p, k, element);
    const void *noted = du_of(block, p, k, element);
    st_vector shift = shift_of(block, p, k), mask = mask_of(block, k), dshift = {0};
    st_vector weight = of_channels(k->weight, block, k);
    const void *add[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
      const void *more = block < k->first_blocks ? k->adda[i] : k->addb[i];
      if (more) add[i] = piece(more, more, block, p, k, element);
    }
    for (size_t i = 0; i < vectors; i++) {
      size_t elements = part(count, i);
      st_vector v = st_load_elements(x, i * st_width, elements, element) + shift - mean[i];
      v *= rstd[i];
      st_vector du = st_load_elements(noted, i * st_width, elements, element);
      st_vector d = mask * rstd[i] * (du * weight - sum[i] - v * product[i]);
      dshift += d;
      if (add[0]) d += st_load_elements(add[0], i * st_width, elements, element);
      if (add[1]) d += st_load_elements(add[1], i * st_width, elements, element);
      st_store_elements(dx, i * st_width, d, elements, element);
    }
    add_to(sums_of(k, run, block) + 2 * st_width, dshift);
  }
}

ST_IMAGE_TASK(backward) {
  const struct context *k = context;
  for (size_t run = begin; run < end; run++) {
    size_t n = run / runs(k), first = run % runs(k) * run_strips;
    size_t last = first + run_strips < strips(k) ? first + run_strips : strips(k);
    memset(sums_of(k, run, 0), 0, k->blocks * sums_of_block * st_width * sizeof(float));
    for (size_t index = first; index < last; index++) {
      struct strip p = strip_of(k, n, index);
      if (p.count == strip_vectors * st_width)
        backward_strip(&p, strip_vectors * st_width, k, run, element);
      else
        backward_strip(&p, p.count, k, run, element);
    }
  }
}

/// The runs' sums of blocks, to their channels.
ST_TASK(add_runs) {
  const struct context *k = context;
  size_t lanes = k->sizes.lanes, channels = k->sizes.channels;
  for (size_t unit = begin; unit < end; unit++) {
    size_t n = unit / k->blocks, block = unit % k->blocks, first = n * channels + block * lanes;
    st_vector sums[sums_of_block] = {{0}, {0}, {0}};
    for (size_t run = n * runs(k); run < (n + 1) * runs(k); run++)
      for (size_t i = 0; i < sums_of_block; i++)
        sums[i] += st_load(sums_of(k, run, block) + i * st_width);
    if (lanes < st_width)
      for (size_t i = 0; i < sums_of_block; i++)
        sums[i] += __builtin_shufflevector(sums[i], sums[i], 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2,
                                           3, 4, 5, 6, 7);
    for (size_t l = 0; l < lanes && block * lanes + l < channels; l++) {
      k->dparameters[(first + l) * 2] = sums[0][l];
      k->dparameters[(first + l) * 2 + 1] = sums[1][l];
      if (k->dshift) k->dshift[first + l] = sums[2][l];
    }
  }
}

void st_layer_norm_backward(void *da, void *db, float *dshift, float *dparameters, void *du,
                            const void *dy, const void *a, const void *b, const float *shift,
                            const float *weight, const float *bias, const void *const adda[2],
                            const void *const addb[2], const struct st_group_norm *s) {
  struct context k = context_of(a, b, shift, weight, bias, s);
  k.da = da, k.db = db, k.dshift = dshift, k.dparameters = dparameters, k.du = du, k.dy = dy;
  for (int i = 0; i < 2; i++) k.adda[i] = adda[i], k.addb[i] = addb[i];
  size_t count = s->images * runs(&k);
  k.sums = malloc((count ? count : 1) * k.blocks * sums_of_block * st_width * sizeof *k.sums);
  if (!k.sums) { // Gradients that are no numbers: the step is not taken.
    memset(dparameters, 0xff, s->images * s->channels * 2 * sizeof *dparameters);
    return;
  }
  st_parallel(count, &k, backward_task(s->element));
  st_parallel(s->images * k.blocks, &k, add_runs_task);
  free(k.sums);
}
