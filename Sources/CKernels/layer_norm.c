#include "layer_norm.h"

#include <stdlib.h>

#include "vector.h"

// The unit of work is a strip of pixels through all blocks: it stays in the first-level cache between
// the passes for the mean, the variance and the result.

enum { strip_pixels = 8 };

// Backward it is a run of strips, which has its own sums of each channel: vectors, added up run by run when all are
// there, so that sums do not depend on the threads.

enum { run_strips = 16, sums_of_block = 3 }; // of dweight, dbias and dshift

struct context {
  struct st_group_norm sizes;
  size_t blocks, first_blocks;
  void *y;
  const void *a, *b;
  const float *shift, *weight, *bias;
  void *da, *db;
  float *dshift, *dparameters;
  float *sums; // (images, runs, blocks, sums_of_block) vectors
  void *du;
  const void *dy, *adda[2], *addb[2];
};

/// A strip of an image: `count` pixels from `begin` on.
struct strip {
  size_t n, begin, count;
};

static struct context context_of(const void *a, const void *b, const float *shift,
                                 const float *weight, const float *bias,
                                 const struct st_group_norm *s) {
  size_t blocks = st_divide_up(s->channels, st_width);
  return (struct context){.sizes = *s,
                          .blocks = blocks,
                          .first_blocks = b ? s->first_channels / st_width : blocks,
                          .a = a,
                          .b = b,
                          .shift = shift,
                          .weight = weight,
                          .bias = bias};
}

static size_t strips(const struct context *k) {
  return st_divide_up(k->sizes.pixels, strip_pixels);
}

static struct strip strip_of(const struct context *k, size_t n, size_t index) {
  size_t begin = index * strip_pixels, left = k->sizes.pixels - begin;
  return (struct strip){n, begin, left < strip_pixels ? left : strip_pixels};
}

/// Where the strip of a block begins in images of so many blocks.
ST_INLINE size_t place(const struct strip *p, size_t blocks, size_t block,
                       const struct context *k) {
  return ((p->n * blocks + block) * k->sizes.pixels + p->begin) * st_width;
}

/// Where the strip of a block begins in one of two tensors side by side.
ST_INLINE const void *piece(const void *a, const void *b, size_t block, const struct strip *p,
                            const struct context *k, st_element element) {
  size_t first = k->first_blocks;
  if (block < first) return st_element_at(a, place(p, first, block, k), element);
  return st_element_at(b, place(p, k->blocks - first, block - first, k), element);
}

/// A number of each channel of a block; zero past the last channel.
ST_INLINE st_vector of_channels(const float *values, size_t block, const struct context *k) {
  size_t first = block * st_width, left = k->sizes.channels - first;
  return st_load_elements(values, first, left < st_width ? left : st_width, st_float32);
}

ST_INLINE st_vector shift_of(size_t block, const struct strip *p, const struct context *k) {
  if (!k->shift) return (st_vector){0};
  return of_channels(k->shift + p->n * k->sizes.channels, block, k);
}

/// 1 in the lanes of channels, 0 past the last one.
ST_INLINE st_vector mask_of(size_t block, const struct context *k) {
  return st_first_lanes(st_broadcast(1), k->sizes.channels - block * st_width);
}

/// In each lane the sum over all.
ST_INLINE st_vector pixel_sum(st_vector v) {
  v += __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
  v += __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
  v += __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
  v += __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  return v;
}

/// The mean and 1 / sqrt(variance + epsilon) of each pixel.
ST_INLINE void statistics(st_vector *mean, st_vector *rstd, const struct strip *p, size_t count,
                          const struct context *k, st_element element) {
  float channels = (float)k->sizes.channels;
  for (size_t i = 0; i < count; i++) mean[i] = rstd[i] = (st_vector){0};
  for (size_t block = 0; block < k->blocks; block++) {
    const void *x = piece(k->a, k->b, block, p, k, element);
    st_vector shift = shift_of(block, p, k);
    for (size_t i = 0; i < count; i++)
      mean[i] += st_load_elements(x, i * st_width, st_width, element) + shift;
  }
  for (size_t i = 0; i < count; i++) mean[i] = pixel_sum(mean[i]) / channels;
  for (size_t block = 0; block < k->blocks; block++) {
    const void *x = piece(k->a, k->b, block, p, k, element);
    st_vector shift = shift_of(block, p, k), mask = mask_of(block, k);
    for (size_t i = 0; i < count; i++) {
      st_vector d = st_load_elements(x, i * st_width, st_width, element) + shift - mean[i];
      rstd[i] += mask * d * d;
    }
  }
  for (size_t i = 0; i < count; i++) {
    st_vector variance = pixel_sum(rstd[i]) / channels;
    rstd[i] = 1 / __builtin_elementwise_sqrt(variance + k->sizes.epsilon);
  }
}

/// `count` is p's, where it is known when this is compiled.
ST_INLINE void forward_strip(const struct strip *p, size_t count, const struct context *k,
                             st_element element) {
  st_vector mean[strip_pixels], rstd[strip_pixels];
  statistics(mean, rstd, p, count, k, element);
  for (size_t block = 0; block < k->blocks; block++) {
    const void *x = piece(k->a, k->b, block, p, k, element);
    void *y = st_mutable_element_at(k->y, place(p, k->blocks, block, k), element);
    st_vector shift = shift_of(block, p, k);
    st_vector weight = of_channels(k->weight, block, k), bias = of_channels(k->bias, block, k);
    for (size_t i = 0; i < count; i++) {
      st_vector u = st_load_elements(x, i * st_width, st_width, element) + shift - mean[i];
      u = u * rstd[i] * weight + bias;
      st_store_elements(y, i * st_width, k->sizes.silu ? st_silu(u) : u, st_width, element);
    }
  }
}

ST_IMAGE_TASK(forward) {
  const struct context *k = context;
  size_t count = strips(k);
  for (size_t unit = begin; unit < end; unit++) {
    struct strip p = strip_of(k, unit / count, unit % count);
    if (p.count == strip_pixels)
      forward_strip(&p, strip_pixels, k, element);
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
  return st_mutable_element_at(k->du, place(p, k->blocks, block, k), element);
}

/// With x^ = (x + shift - mean) rstd and dU = dy silu'(u): dweight = sum dU x^, dbias = sum dU, and
/// dx = rstd (weight dU - mean(weight dU) - x^ mean(weight dU x^)), the means over the channels.
///
/// The sums of dweight, dbias and the shift's gradient are added to those of `run`.
ST_INLINE void backward_strip(const struct strip *p, size_t count, const struct context *k,
                              size_t run, st_element element) {
  st_vector mean[strip_pixels], rstd[strip_pixels], sum[strip_pixels], product[strip_pixels];
  statistics(mean, rstd, p, count, k, element);
  for (size_t i = 0; i < count; i++) sum[i] = product[i] = (st_vector){0};

  // dU, noted down.
  for (size_t block = 0; block < k->blocks; block++) {
    const void *x = piece(k->a, k->b, block, p, k, element);
    const void *dy = st_element_at(k->dy, place(p, k->blocks, block, k), element);
    void *noted = du_of(block, p, k, element);
    st_vector shift = shift_of(block, p, k), dweight = {0}, dbias = {0};
    st_vector weight = of_channels(k->weight, block, k), bias = of_channels(k->bias, block, k);
    for (size_t i = 0; i < count; i++) {
      st_vector v = st_load_elements(x, i * st_width, st_width, element) + shift - mean[i];
      v *= rstd[i];
      st_vector du = st_load_elements(dy, i * st_width, st_width, element);
      if (k->sizes.silu) du *= st_silu_slope(v * weight + bias);
      dweight += du * v;
      dbias += du;
      sum[i] += du * weight;
      product[i] += du * weight * v;
      st_store_elements(noted, i * st_width, du, st_width, element);
    }
    add_to(sums_of(k, run, block), dweight);
    add_to(sums_of(k, run, block) + st_width, dbias);
  }
  float channels = (float)k->sizes.channels;
  for (size_t i = 0; i < count; i++) {
    sum[i] = pixel_sum(sum[i]) / channels;
    product[i] = pixel_sum(product[i]) / channels;
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
    for (size_t i = 0; i < count; i++) {
      st_vector v = st_load_elements(x, i * st_width, st_width, element) + shift - mean[i];
      v *= rstd[i];
      st_vector du = st_load_elements(noted, i * st_width, st_width, element);
      st_vector d = mask * rstd[i] * (du * weight - sum[i] - v * product[i]);
      dshift += d;
      if (add[0]) d += st_load_elements(add[0], i * st_width, st_width, element);
      if (add[1]) d += st_load_elements(add[1], i * st_width, st_width, element);
      st_store_elements(dx, i * st_width, d, st_width, element);
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
      if (p.count == strip_pixels)
        backward_strip(&p, strip_pixels, k, run, element);
      else
        backward_strip(&p, p.count, k, run, element);
    }
  }
}

/// The runs' sums of blocks, to their channels.
ST_TASK(add_runs) {
  const struct context *k = context;
  size_t channels = k->sizes.channels;
  for (size_t unit = begin; unit < end; unit++) {
    size_t n = unit / k->blocks, block = unit % k->blocks, first = n * channels + block * st_width;
    st_vector sums[sums_of_block] = {{0}, {0}, {0}};
    for (size_t run = n * runs(k); run < (n + 1) * runs(k); run++)
      for (size_t i = 0; i < sums_of_block; i++)
        sums[i] += st_load(sums_of(k, run, block) + i * st_width);
    for (size_t l = 0; l < st_width && block * st_width + l < channels; l++) {
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
