#include "attention_variant.h"

#include <math.h>

#include "vector.h"

// Attention in float32 on any processor.
//
// An image's head is a unit of work. Its queries, keys and values are gathered into plain rows, a
// pixel each, with the number of pixels padded to a multiple of 16. All products are then one small
// kernel: 16 pixels side by side in the lanes, a sum over the others or over the channels.

enum { rows = 8 };

struct context {
  void *y, *dq, *dk, *dv;
  const void *q, *k, *v, *dy;
  float *logarithms, *scratch;
  struct st_attention s;
  size_t depth, depth_rows, pixels, scratch_size;
};

ST_INLINE size_t round_up(size_t a, size_t b) { return (a + b - 1) / b * b; }

/// Row r of `rows` of out (count x 16) = sum over i of a[i][16] * b[r * row + i * inner].
ST_INLINE void multiply(float *out, const float *a, const float *b, size_t row, size_t inner,
                        size_t count) {
  st_vector sum[rows];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) sum[r] = (st_vector){0};
  for (size_t i = 0; i < count; i++) {
    st_vector x = st_load(a + i * st_width);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) sum[r] += x * b[(size_t)r * row + i * inner];
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) st_store(out + r * st_width, sum[r]);
}

/// out (pixels x 16) = matrix (pixels x depth) times a (depth x 16).
ST_INLINE void multiply_by_rows(float *out, const float *matrix, const float *a,
                                const struct context *k) {
  for (size_t p = 0; p < k->pixels; p += rows)
    multiply(out + p * st_width, a, matrix + p * k->depth_rows, k->depth_rows, 1, k->depth_rows);
}

/// out (depth x 16) = the transpose of matrix (pixels x depth) times a (pixels x 16).
ST_INLINE void multiply_by_columns(float *out, const float *matrix, const float *a,
                                   const struct context *k) {
  for (size_t c = 0; c < k->depth_rows; c += rows)
    multiply(out + c * st_width, a, matrix + c, 1, k->depth_rows, k->s.pixels);
}

/// out (pixels x depth, rows of `width`) += matrix (pixels x 16) times a (16 x depth).
/// Columns past the depth are not defined.
ST_INLINE void multiply_and_add(float *out, size_t width, const float *matrix, const float *a,
                                const struct context *k) {
  for (size_t p = 0; p < k->pixels; p += rows)
    for (size_t c = 0; c < k->depth_rows; c += st_width) {
      float *to = out + p * width + c;
      st_vector sum[rows];
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) sum[r] = st_load(to + (size_t)r * width);
      for (size_t i = 0; i < st_width; i++) {
        st_vector x = st_load(a + i * k->depth_rows + c);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) sum[r] += x * matrix[(p + (size_t)r) * st_width + i];
      }
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) st_store(to + (size_t)r * width, sum[r]);
    }
}

/// A head's channels as rows: out[p][c], `depth_rows` wide; missing rows and channels are zero.
ST_INLINE void gather(float *out, const void *x, const struct context *k, size_t n, size_t head,
                      st_element element) {
  size_t lanes = k->s.lanes, blocks = (k->s.channels + lanes - 1) / lanes;
  memset(out, 0, k->pixels * k->depth_rows * sizeof *out);
  for (size_t c = 0; c < k->depth;) {
    size_t channel = head * k->depth + c, lane = channel % lanes;
    size_t run = lanes - lane < k->depth - c ? lanes - lane : k->depth - c;
    size_t from = (n * blocks + channel / lanes) * k->s.pixels * lanes + lane;
    for (size_t p = 0; p < k->s.pixels; p++)
      for (size_t i = 0; i < run; i++)
        out[p * k->depth_rows + c + i] = st_load_element(x, from + p * lanes + i, element);
    c += run;
  }
}

/// Writes a head's rows, `width` wide, to their place.
ST_INLINE void scatter_rows(void *y, const float *x, size_t width, const struct context *k,
                            size_t n, size_t head, st_element element) {
  size_t lanes = k->s.lanes, blocks = (k->s.channels + lanes - 1) / lanes;
  for (size_t c = 0; c < k->depth;) {
    size_t channel = head * k->depth + c, lane = channel % lanes;
    size_t run = lanes - lane < k->depth - c ? lanes - lane : k->depth - c;
    size_t to = (n * blocks + channel / lanes) * k->s.pixels * lanes + lane;
    for (size_t p = 0; p < k->s.pixels; p++)
      for (size_t i = 0; i < run; i++)
        st_store_element(y, to + p * lanes + i, x[p * width + c + i], element);
    c += run;
  }
}

/// Sixteen pixels side by side: out[c][16] of x[p + 0 ... 15][c].
ST_INLINE void lanes_of(float *out, const float *x, const struct context *k, size_t p) {
  for (size_t c = 0; c < k->depth_rows; c++)
    for (size_t l = 0; l < st_width; l++) out[c * st_width + l] = x[(p + l) * k->depth_rows + c];
}

/// Writes sixteen pixels of a head, out[c][16], to their place.
ST_INLINE void scatter(void *y, const float *out, const struct context *k, size_t n, size_t head,
                       size_t p, st_element element) {
  size_t lanes = k->s.lanes, blocks = (k->s.channels + lanes - 1) / lanes;
  for (size_t c = 0; c < k->depth; c++) {
    size_t channel = head * k->depth + c;
    size_t to = (n * blocks + channel / lanes) * k->s.pixels * lanes + channel % lanes;
    for (size_t l = 0; l < st_width && p + l < k->s.pixels; l++)
      st_store_element(y, to + (p + l) * lanes, out[c * st_width + l], element);
  }
}

ST_INLINE void forward_unit(const struct context *k, size_t n, size_t head, float *scratch,
                            st_element element) {
  size_t size = k->pixels * k->depth_rows, wide = k->depth_rows * st_width;
  float *q = scratch, *keys = q + size, *values = keys + size;
  float *query = values + size, *out = query + wide, *scores = out + wide;
  gather(q, k->q, k, n, head, element);
  gather(keys, k->k, k, n, head, element);
  gather(values, k->v, k, n, head, element);
  float scale = 1 / sqrtf((float)k->depth);
  for (size_t i = 0; i < size; i++) q[i] *= scale;

  for (size_t p = 0; p < k->s.pixels; p += st_width) {
    lanes_of(query, q, k, p);
    multiply_by_rows(scores, keys, query, k);
    st_vector most = st_load(scores), sum = {0};
    for (size_t j = 1; j < k->s.pixels; j++)
      most = __builtin_elementwise_max(most, st_load(scores + j * st_width));
    for (size_t j = 0; j < k->s.pixels; j++) {
      st_vector e = st_exp_not_positive(st_load(scores + j * st_width) - most);
      st_store(scores + j * st_width, e);
      sum += e;
    }
    multiply_by_columns(out, values, scores, k);
    st_vector inverse = 1.0f / sum;
    for (size_t c = 0; c < k->depth_rows; c++)
      st_store(out + c * st_width, st_load(out + c * st_width) * inverse);
    scatter(k->y, out, k, n, head, p, element);
    float *logarithms = k->logarithms + (n * k->s.heads + head) * k->s.pixels;
    for (size_t l = 0; l < st_width && p + l < k->s.pixels; l++)
      logarithms[p + l] = most[l] + logf(sum[l]);
  }
}

ST_IMAGE_TASK(forward) {
  const struct context *k = context;
  float *scratch = k->scratch + (size_t)st_thread() * k->scratch_size;
  for (size_t unit = begin; unit < end; unit++)
    forward_unit(k, unit / k->s.heads, unit % k->s.heads, scratch, element);
}

ST_INLINE void backward_unit(const struct context *k, size_t n, size_t head, float *scratch,
                             st_element element) {
  size_t size = k->pixels * k->depth_rows, wide = k->depth_rows * st_width;
  float *q = scratch, *keys = q + size, *values = keys + size, *dy = values + size;
  float *lanes_a = dy + size, *lanes_b = lanes_a + wide, *out = lanes_b + wide;
  float *logarithms = out + wide, *means = logarithms + k->pixels;
  size_t width = round_up(k->depth_rows, st_width);
  float *dk = means + k->pixels, *dv = dk + k->pixels * width;
  float *weights = dv + k->pixels * width, *slopes = weights + k->pixels * st_width;
  memset(dk, 0, 2 * k->pixels * width * sizeof *dk);
  gather(q, k->q, k, n, head, element);
  gather(keys, k->k, k, n, head, element);
  gather(values, k->v, k, n, head, element);
  gather(dy, k->dy, k, n, head, element);
  float scale = 1 / sqrtf((float)k->depth);
  for (size_t i = 0; i < size; i++) q[i] *= scale;
  memset(logarithms, 0, k->pixels * sizeof *logarithms);
  memcpy(logarithms, k->logarithms + (n * k->s.heads + head) * k->s.pixels,
         k->s.pixels * sizeof *logarithms);

  // means[i] = sum over d of dY Y, by which the softmax's gradient is dS = P (dP - mean). Y is
  // gathered where weights and slopes will be, and reaches past them where a head is deep.
  float *y = weights;
  gather(y, k->y, k, n, head, element);
  for (size_t p = 0; p < k->pixels; p++) {
    means[p] = 0;
    for (size_t c = 0; c < k->depth_rows; c++)
      means[p] += dy[p * k->depth_rows + c] * y[p * k->depth_rows + c];
  }

  // Sixteen queries in the lanes, all keys in the rows: dQ = dS K, dV += P^T dY, dK += dS^T Q.
  for (size_t p = 0; p < k->s.pixels; p += st_width) {
    lanes_of(lanes_a, q, k, p);
    lanes_of(lanes_b, dy, k, p);
    multiply_by_rows(weights, keys, lanes_a, k);
    multiply_by_rows(slopes, values, lanes_b, k);
    st_vector logarithm = st_load(logarithms + p), mean = st_load(means + p);
    for (size_t j = 0; j < k->s.pixels; j++) {
      st_vector w = st_exp_not_positive(st_load(weights + j * st_width) - logarithm);
      st_store(weights + j * st_width, w);
      st_store(slopes + j * st_width, w * (st_load(slopes + j * st_width) - mean));
    }
    multiply_by_columns(out, keys, slopes, k);
    for (size_t i = 0; i < wide; i++) out[i] *= scale;
    scatter(k->dq, out, k, n, head, p, element);
    multiply_and_add(dv, width, weights, dy + p * k->depth_rows, k);
    multiply_and_add(dk, width, slopes, q + p * k->depth_rows, k);
  }
  scatter_rows(k->dv, dv, width, k, n, head, element);
  scatter_rows(k->dk, dk, width, k, n, head, element);
}

ST_IMAGE_TASK(backward) {
  const struct context *k = context;
  float *scratch = k->scratch + (size_t)st_thread() * k->scratch_size;
  for (size_t unit = begin; unit < end; unit++)
    backward_unit(k, unit / k->s.heads, unit % k->s.heads, scratch, element);
}

static size_t scratch(const struct st_attention *s) {
  size_t depth = round_up(s->channels / s->heads, rows), pixels = round_up(s->pixels, st_width);
  size_t wide = st_width > depth ? st_width : depth;
  return 4 * pixels * depth + 3 * depth * st_width + pixels * (wide + st_width) + 2 * pixels +
         2 * pixels * round_up(depth, st_width);
}

static struct context context_of(const struct st_attention *s) {
  struct context k = {.s = *s};
  k.depth = s->channels / s->heads;
  k.depth_rows = round_up(k.depth, rows);
  k.pixels = round_up(s->pixels, st_width);
  k.scratch_size = scratch(s);
  return k;
}

static void forward(void *y, float *logarithms, float *scratch, const void *q, const void *k,
                    const void *v, const struct st_attention *sizes) {
  struct context c = context_of(sizes);
  c.y = y, c.logarithms = logarithms, c.scratch = scratch;
  c.q = q, c.k = k, c.v = v;
  st_parallel(sizes->images * sizes->heads, &c, forward_task(sizes->element));
}

static void backward(void *dq, void *dk, void *dv, float *scratch, const void *dy, const void *y,
                     const float *logarithms, const void *q, const void *k, const void *v,
                     const struct st_attention *sizes) {
  struct context c = context_of(sizes);
  c.y = (void *)y, c.logarithms = (float *)logarithms, c.scratch = scratch;
  c.dq = dq, c.dk = dk, c.dv = dv;
  c.q = q, c.k = k, c.v = v, c.dy = dy;
  st_parallel(sizes->images * sizes->heads, &c, backward_task(sizes->element));
}

const struct attention_variant attention_generic = {
    .scratch = scratch, .forward = forward, .backward = backward};
