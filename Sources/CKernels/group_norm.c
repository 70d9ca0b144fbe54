#include "group_norm.h"

#include <math.h>
#include <stdbool.h>

#include "vector.h"

// The unit of work is an image and the fewest whole blocks that hold whole groups: it stays in the
// second-level cache between the pass for the statistics and the pass that writes.

enum { strip = 4096 }; // floats

struct forward_context {
  void *y;
  float *statistics;
  const void *a, *b;
  const float *shift, *weight, *bias;
  struct st_group_norm sizes;
  size_t blocks, first_blocks, unit_blocks, units;
  bool knows_statistics;
};

static size_t blocks_of_unit(const struct st_group_norm *s, size_t blocks) {
  size_t group = s->channels / s->groups, channels = group;
  while (channels % st_width && channels < blocks * st_width) channels += group;
  size_t unit = st_divide_up(channels, st_width);
  return unit < blocks ? unit : blocks;
}

/// Block `block` of image n in one of two tensors side by side.
ST_INLINE const void *block_of(const void *a, const void *b, size_t n, size_t block,
                               const struct forward_context *k, st_element element) {
  size_t size = k->sizes.pixels * st_width, first = k->first_blocks;
  if (block < first) return st_element_at(a, (n * first + block) * size, element);
  return st_element_at(b, (n * (k->blocks - first) + block - first) * size, element);
}

/// Mean and sum of squared deviations of each lane: sums of x - x[0] in float over strips, which
/// are added up in double.
ST_INLINE void lane_moments(double *mean, double *squares, const void *x, size_t pixels,
                            st_element element) {
  size_t count = pixels * st_width;
  double sum[st_width] = {0}, sum2[st_width] = {0};
  st_vector origin = st_load_elements(x, 0, st_width, element);
  for (size_t begin = 0; begin < count; begin += strip) {
    size_t end = begin + strip < count ? begin + strip : count, i = begin;
    st_vector s0 = {0}, s1 = {0}, q0 = {0}, q1 = {0};
    for (; i + 2 * st_width <= end; i += 2 * st_width) {
      st_vector d0 = st_load_elements(x, i, st_width, element) - origin;
      st_vector d1 = st_load_elements(x, i + st_width, st_width, element) - origin;
      s0 += d0, q0 += d0 * d0;
      s1 += d1, q1 += d1 * d1;
    }
    for (; i < end; i += st_width) {
      st_vector d0 = st_load_elements(x, i, st_width, element) - origin;
      s0 += d0, q0 += d0 * d0;
    }
    s0 += s1, q0 += q1;
    for (int l = 0; l < st_width; l++) sum[l] += s0[l], sum2[l] += q0[l];
  }
  for (size_t l = 0; l < st_width; l++) {
    double average = sum[l] / (double)pixels;
    mean[l] = origin[l] + average;
    squares[l] = sum2[l] - sum[l] * average;
  }
}

/// y = x * scale + offset, then SiLU where asked for, of a pixel.
ST_INLINE void write_pixel(void *y, const void *x, size_t i, st_vector scale, st_vector offset,
                           int silu, st_element element) {
  st_vector u = st_load_elements(x, i, st_width, element) * scale + offset;
  st_store_elements(y, i, silu ? st_silu(u) : u, st_width, element);
}

ST_INLINE void write_block(void *y, const void *x, const float *scale, const float *offset,
                           size_t count, int silu, st_element element) {
  st_vector a = st_load(scale), b = st_load(offset);
  if (silu)
    for (size_t i = 0; i < count; i += st_width) write_pixel(y, x, i, a, b, 1, element);
  else
    for (size_t i = 0; i < count; i += st_width) write_pixel(y, x, i, a, b, 0, element);
}

/// Each channel's factor and summand from its group's statistics; zero in the lanes past the last.
ST_INLINE void coefficients(float *scale, float *offset, size_t first, const float *statistics,
                            const float *shift, const float *weight, const float *bias,
                            size_t channels, size_t group) {
  for (size_t l = 0; l < st_width; l++) {
    size_t c = first + l;
    scale[l] = offset[l] = 0;
    if (c >= channels) continue;
    float mean = statistics[c / group * 2], deviation = statistics[c / group * 2 + 1];
    scale[l] = weight[c] * deviation;
    offset[l] = bias[c] + ((shift ? shift[c] : 0) - mean) * scale[l];
  }
}

/// The statistics of the groups in blocks `first` up to `last`: each channel's moments, merged into
/// the group's (Chan et al. 1983). A group may cross blocks, so its sums are kept until its last
/// channel.
ST_INLINE void take_statistics(float *statistics, const struct forward_context *k, size_t n,
                               size_t first, size_t last, const float *shift, st_element element) {
  const struct st_group_norm *s = &k->sizes;
  size_t group = s->channels / s->groups;
  double count = (double)(s->pixels * group), mean = 0;
  double lane_mean[st_width], lane_squares[st_width];
  double sum = 0, sum_of_squares = 0, deviation_sum = 0;
  for (size_t block = first; block < last; block++) {
    lane_moments(lane_mean, lane_squares, block_of(k->a, k->b, n, block, k, element), s->pixels,
                 element);
    for (size_t l = 0; l < st_width && block * st_width + l < s->channels; l++) {
      size_t c = block * st_width + l;
      double m = lane_mean[l] + (shift ? shift[c] : 0);
      // The group's first channel is the origin of the deviations.
      if (c % group == 0) mean = m, sum = sum_of_squares = deviation_sum = 0;
      sum += m - mean;
      sum_of_squares += (m - mean) * (m - mean);
      deviation_sum += lane_squares[l];
      if (c % group == group - 1) {
        double average = sum / (double)group;
        double variance =
            (deviation_sum + (double)s->pixels * (sum_of_squares - sum * average)) / count;
        if (variance < 0) variance = 0;
        statistics[c / group * 2] = (float)(mean + average);
        statistics[c / group * 2 + 1] = (float)(1 / sqrt(variance + s->epsilon));
      }
    }
  }
}

ST_INLINE void forward_unit(const struct forward_context *k, size_t n, size_t unit,
                            st_element element) {
  const struct st_group_norm *s = &k->sizes;
  size_t first = unit * k->unit_blocks, last = first + k->unit_blocks;
  if (last > k->blocks) last = k->blocks;
  size_t group = s->channels / s->groups, size = s->pixels * st_width;
  const float *shift = k->shift ? k->shift + n * s->channels : NULL;
  float *statistics = k->statistics + n * s->groups * 2;
  if (!k->knows_statistics) take_statistics(statistics, k, n, first, last, shift, element);
  for (size_t block = first; block < last; block++) {
    float scale[st_width], offset[st_width];
    coefficients(scale, offset, block * st_width, statistics, shift, k->weight, k->bias,
                 s->channels, group);
    write_block(st_mutable_element_at(k->y, (n * k->blocks + block) * size, element),
                block_of(k->a, k->b, n, block, k, element), scale, offset, size, s->silu, element);
  }
}

ST_IMAGE_TASK(forward) {
  const struct forward_context *k = context;
  for (size_t i = begin; i < end; i++) forward_unit(k, i / k->units, i % k->units, element);
}

static void run_forward(struct forward_context k) {
  const struct st_group_norm *s = &k.sizes;
  k.blocks = st_divide_up(s->channels, st_width);
  k.first_blocks = k.b ? s->first_channels / st_width : k.blocks;
  k.unit_blocks = blocks_of_unit(s, k.blocks);
  k.units = st_divide_up(k.blocks, k.unit_blocks);
  st_parallel(s->images * k.units, &k, forward_task(s->element));
}

void st_group_norm_forward(void *y, float *statistics, const void *a, const void *b,
                           const float *shift, const float *weight, const float *bias,
                           const struct st_group_norm *s) {
  run_forward((struct forward_context){y, statistics, a, b, shift, weight, bias, *s});
}

void st_group_norm_again(void *y, const float *statistics, const void *a, const void *b,
                         const float *shift, const float *weight, const float *bias,
                         const struct st_group_norm *s) {
  run_forward((struct forward_context){y, (float *)statistics, a, b, shift, weight, bias, *s,
                                       .knows_statistics = true});
}

struct backward_context {
  struct forward_context forward;
  void *da, *db;
  float *dshift, *dparameters;
  void *du;
  const void *dy;
  const void *adda[2], *addb[2];
};

/// Where dU of a block is noted down.
ST_INLINE void *du_of(const struct backward_context *k, size_t n, size_t block,
                      st_element element) {
  const struct forward_context *f = &k->forward;
  if (!k->du) return (void *)block_of(k->da, k->db, n, block, f, element);
  size_t size = f->sizes.pixels * st_width;
  return st_mutable_element_at(k->du, (n * f->blocks + block) * size, element);
}

/// dU = dy silu'(u) of a pixel into du, added to the sums of dU, dU x and x.
ST_INLINE void backward_step(void *du, st_vector sums[3], const void *dy, const void *x, size_t i,
                             st_vector scale, st_vector offset, int silu, st_element element) {
  st_vector v = st_load_elements(dy, i, st_width, element);
  st_vector xv = st_load_elements(x, i, st_width, element);
  if (silu) v *= st_silu_slope(xv * scale + offset);
  sums[0] += v;
  sums[1] += v * xv;
  sums[2] += xv;
  st_store_elements(du, i, v, st_width, element);
}

/// dU of a block into du, and each lane's sums of dU, dU x and x.
ST_INLINE void backward_sums(void *du, double (*totals)[st_width], const void *dy, const void *x,
                             const float *scale, const float *offset, size_t count, int silu,
                             st_element element) {
  st_vector a = st_load(scale), b = st_load(offset);
  memset(totals, 0, 3 * sizeof *totals);
  for (size_t begin = 0; begin < count; begin += strip) {
    size_t end = begin + strip < count ? begin + strip : count;
    st_vector sums[3] = {{0}, {0}, {0}};
    for (size_t i = begin; i < end; i += st_width)
      backward_step(du, sums, dy, x, i, a, b, silu, element);
    for (int k = 0; k < 3; k++)
      for (int l = 0; l < st_width; l++) totals[k][l] += sums[k][l];
  }
}

/// dx = p dU + q x + r, and what else is to be added.
ST_INLINE void backward_write(void *dx, const void *du, const void *x, const void *const add[2],
                              const float *p, const float *q, const float *r, size_t count,
                              st_element element) {
  st_vector pv = st_load(p), qv = st_load(q), rv = st_load(r);
  for (size_t i = 0; i < count; i += st_width) {
    st_vector v = pv * st_load_elements(du, i, st_width, element) +
                  qv * st_load_elements(x, i, st_width, element) + rv;
    if (add[0]) v += st_load_elements(add[0], i, st_width, element);
    if (add[1]) v += st_load_elements(add[1], i, st_width, element);
    st_store_elements(dx, i, v, st_width, element);
  }
}

/// A group's means of weight dU and of weight dU x^.
struct means {
  double of_slopes, of_products;
};

ST_INLINE struct means means_of(size_t g, size_t group, const float *weight,
                                const float *dparameters, size_t pixels) {
  double slopes = 0, products = 0, count = (double)(pixels * group);
  for (size_t c = g * group; c < (g + 1) * group; c++) {
    slopes += (double)weight[c] * dparameters[c * 2 + 1];
    products += (double)weight[c] * dparameters[c * 2];
  }
  return (struct means){slopes / count, products / count};
}

ST_INLINE void backward_unit(const struct backward_context *k, size_t n, size_t unit,
                             st_element element) {
  const struct forward_context *f = &k->forward;
  const struct st_group_norm *s = &f->sizes;
  size_t first = unit * f->unit_blocks, last = first + f->unit_blocks;
  if (last > f->blocks) last = f->blocks;
  size_t group = s->channels / s->groups, size = s->pixels * st_width;
  const float *shift = f->shift ? f->shift + n * s->channels : NULL;
  const float *statistics = f->statistics + n * s->groups * 2;
  float *dparameters = k->dparameters + n * s->channels * 2;

  // dU, noted down, and the parameters' gradients of this image. With
  // x^ = (x + shift - mean) rstd: dbias = sum dU, dweight = sum dU x^.
  for (size_t block = first; block < last; block++) {
    float scale[st_width], offset[st_width];
    double sums[3][st_width];
    coefficients(scale, offset, block * st_width, statistics, shift, f->weight, f->bias,
                 s->channels, group);
    backward_sums(du_of(k, n, block, element), sums,
                  st_element_at(k->dy, (n * f->blocks + block) * size, element),
                  block_of(f->a, f->b, n, block, f, element), scale, offset, size, s->silu,
                  element);
    for (size_t l = 0; l < st_width && block * st_width + l < s->channels; l++) {
      size_t c = block * st_width + l;
      double mean = statistics[c / group * 2], rstd = statistics[c / group * 2 + 1];
      double moved = (shift ? shift[c] : 0) - mean;
      dparameters[c * 2] = (float)((sums[1][l] + moved * sums[0][l]) * rstd);
      dparameters[c * 2 + 1] = (float)sums[0][l];
      // Needed once more for the shift's gradient; overwritten with it below.
      if (k->dshift) k->dshift[n * s->channels + c] = (float)sums[2][l];
    }
  }

  // dx = rstd (weight dU - mean(weight dU) - x^ mean(weight dU x^)), the means over the group.
  struct means means = {0, 0};
  size_t known = SIZE_MAX;
  for (size_t block = first; block < last; block++) {
    float p[st_width] = {0}, q[st_width] = {0}, r[st_width] = {0};
    for (size_t l = 0; l < st_width && block * st_width + l < s->channels; l++) {
      size_t c = block * st_width + l, g = c / group;
      // A group may cross blocks.
      if (g != known) means = means_of(known = g, group, f->weight, dparameters, s->pixels);
      double mean = statistics[g * 2], rstd = statistics[g * 2 + 1];
      double moved = (shift ? shift[c] : 0) - mean;
      double pd = rstd * f->weight[c], qd = -rstd * rstd * means.of_products;
      double rd = -rstd * means.of_slopes - rstd * rstd * means.of_products * moved;
      p[l] = (float)pd, q[l] = (float)qd, r[l] = (float)rd;
      if (k->dshift) {
        float *dshift = &k->dshift[n * s->channels + c];
        *dshift = (float)(pd * dparameters[c * 2 + 1] + qd * *dshift + rd * (double)s->pixels);
      }
    }
    const void *add[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
      const void *more = block < f->first_blocks ? k->adda[i] : k->addb[i];
      if (more) add[i] = block_of(more, more, n, block, f, element);
    }
    backward_write((void *)block_of(k->da, k->db, n, block, f, element),
                   du_of(k, n, block, element), block_of(f->a, f->b, n, block, f, element), add, p,
                   q, r, size, element);
  }
}

ST_IMAGE_TASK(backward) {
  const struct backward_context *k = context;
  for (size_t i = begin; i < end; i++)
    backward_unit(k, i / k->forward.units, i % k->forward.units, element);
}

void st_group_norm_backward(void *da, void *db, float *dshift, float *dparameters, void *du,
                            const void *dy, const void *a, const void *b, const float *shift,
                            const float *statistics, const float *weight, const float *bias,
                            const void *const adda[2], const void *const addb[2],
                            const struct st_group_norm *s) {
  struct backward_context k = {
      {NULL, (float *)statistics, a, b, shift, weight, bias, *s, 0, 0, 0, 0},
      da,
      db,
      dshift,
      dparameters,
      du,
      dy,
      {adda[0], adda[1]},
      {addb[0], addb[1]}};
  struct forward_context *f = &k.forward;
  f->blocks = st_divide_up(s->channels, st_width);
  f->first_blocks = b ? s->first_channels / st_width : f->blocks;
  f->unit_blocks = blocks_of_unit(s, f->blocks);
  f->units = st_divide_up(f->blocks, f->unit_blocks);
  st_parallel(s->images * f->units, &k, backward_task(s->element));
}

void st_group_norm_sum_parameters(float *dweight, float *dbias, const float *dparameters,
                                  size_t images, size_t channels) {
  for (size_t c = 0; c < channels; c++) {
    double weight = 0, bias = 0;
    for (size_t n = 0; n < images; n++) {
      weight += dparameters[(n * channels + c) * 2];
      bias += dparameters[(n * channels + c) * 2 + 1];
    }
    dweight[c] = (float)weight;
    dbias[c] = (float)bias;
  }
}
