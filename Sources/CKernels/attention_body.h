// Attention of products of words, included once for each kind of words.
//
// An image's head is a unit of work. A product wants its factors in three orders:
//   rows        (pixels, channels): the words of a pixel in a row;
//   packed      (pixels / pack, channels): the pixels that are summed over share a word;
//   transposed  (channels / pack, pixels).
// A head's channels are whole vectors; its pixels are padded with zeros to such. The queries are worked on a few at a
// time, so that their scores stay in a cache.

#include "attention_variant.h"
#include "product.h"

enum { most_queries = 96 };

struct context {
  void *y, *dq, *dk, *dv;
  const void *q, *k, *v, *dy;
  float *logarithms, *scratch;
  struct st_attention s;
  size_t channels, pixels; ///< of a head; the pixels padded
  float scale;
};

static struct context context_of(const struct st_attention *s) {
  struct context k = {.s = *s};
  k.channels = s->channels / s->heads;
  k.pixels = round_up(s->pixels, st_width);
  k.scale = 1 / sqrtf((float)k.channels);
  return k;
}

/// Floats of `matrices`, which the forward pass has fewer of.
static size_t scratch(const struct st_attention *s) {
  struct context k = context_of(s);
  size_t matrix = k.pixels * k.channels, wide = most_queries * k.channels;
  size_t scores = most_queries * k.pixels;
  return (3 * matrix + 4 * wide + 3 * scores) / pack + 2 * matrix + 2 * scores + wide;
}

struct head {
  size_t image, number;
};

// MARK: A head's channels in the images

/// Where the block of a head's pixel begins that has its c-th channel first.
ST_INLINE size_t place_of(const struct context *k, struct head h, size_t pixel, size_t c) {
  size_t blocks = k->s.channels / st_width, block = (h.number * k->channels + c) / st_width;
  return ((h.image * blocks + block) * k->s.pixels + pixel) * st_width;
}

/// Sixteen channels of a pixel from the c-th; zeros past the last pixel.
ST_INLINE st_vector load_pixel(const void *x, const struct context *k, struct head h, size_t pixel,
                               size_t c) {
  if (pixel >= k->s.pixels) return (st_vector){0};
  return st_load_elements(x, place_of(k, h, pixel, c), st_width, image_element);
}

ST_INLINE void store_pixel(void *x, st_vector v, const struct context *k, struct head h,
                           size_t pixel, size_t c) {
  st_store_elements(x, place_of(k, h, pixel, c), v, st_width, image_element);
}

/// Writes rows of a product to the pixels from the `first` on.
ST_INLINE void store_rows(void *x, const float *rows, const struct context *k, struct head h,
                          size_t first, size_t count) {
  for (size_t c = 0; c < k->channels; c += st_width)
    for (size_t r = 0; r < count; r++)
      store_pixel(x, st_load(rows + r * k->channels + c), k, h, first + r, c);
}

// MARK: Factors

static void load_rows(word *to, const void *x, const struct context *k, struct head h, size_t first,
                      size_t count) {
  for (size_t c = 0; c < k->channels; c += st_width)
    for (size_t r = 0; r < count; r++)
      store_channels(to + (r * k->channels + c) / pack, load_pixel(x, k, h, first + r, c));
}

static void load_packed(word *to, const void *x, const struct context *k, struct head h,
                        size_t first, size_t count) {
  for (size_t c = 0; c < k->channels; c += st_width)
    for (size_t r = 0; r < count; r += pack) {
      st_vector values[pack];
      UNROLLED_FOR (size_t i = 0; i < pack; i++) values[i] = load_pixel(x, k, h, first + r + i, c);
      store_packed(to + r / pack * k->channels + c, values);
    }
}

/// - rows: space for sixteen pixels.
static void load_transposed(word *to, word *rows, const void *x, const struct context *k,
                            struct head h) {
  size_t words = k->channels / pack;
  for (size_t p = 0; p < k->pixels; p += st_width) {
    load_rows(rows, x, k, h, p, st_width);
    for (size_t w = 0; w < words; w += st_width) {
      st_vector v[st_width];
      size_t count = smaller(st_width, words - w);
      UNROLLED_FOR (size_t r = 0; r < st_width; r++)
        v[r] = st_load_part((const float *)(rows + r * words + w), count);
      transpose(v);
      for (size_t i = 0; i < count; i++) st_store((float *)(to + (w + i) * k->pixels + p), v[i]);
    }
  }
}

/// out (rows x columns) = or += a times b, a sum of `count` words (`product`).
static void multiply_all(float *out, const word *a, size_t a_row, size_t a_step, size_t rows,
                         const word *b, size_t columns, size_t count, bool adds) {
  for (size_t c = 0; c < columns; c += panel * st_width)
    product(out + c, columns, a, a_row, a_step, rows, b + c, columns,
            smaller(columns - c, panel * st_width) / st_width, count, adds);
}

/// Scores of queries (or, with dY and V, dP) by key: a's rows times b transposed. Keys that are
/// padding get `padding`.
static void scores_of(float *scores, const word *rows, const word *transposed, size_t count,
                      float padding, const struct context *k) {
  multiply_all(scores, rows, k->channels / pack, 1, count, transposed, k->pixels,
               k->channels / pack, false);
  for (size_t r = 0; r < count; r++)
    for (size_t j = k->s.pixels; j < k->pixels; j++) scores[r * k->pixels + j] = padding;
}

// MARK: Forward

/// exp(scale score - the row's maximum) as words, and the row's sum of them.
ST_INLINE float exponentials(word *out, float *logarithm, const float *scores,
                             const struct context *k) {
  st_vector most = st_load(scores), sums = {0};
  for (size_t j = st_width; j < k->pixels; j += st_width)
    most = __builtin_elementwise_max(most, st_load(scores + j));
  float top = k->scale * __builtin_reduce_max(most), sum = 0;
  for (size_t j = 0; j < k->pixels; j += st_width) {
    st_vector e = st_exp_not_positive(st_load(scores + j) * k->scale - top);
    store_channels(out + j / pack, e);
    sums += e;
  }
  for (int l = 0; l < st_width; l++) sum += sums[l];
  *logarithm = top + logf(sum);
  return sum;
}

static void forward_task(const void *context, size_t begin, size_t end) {
  const struct context *k = context;
  size_t matrix = k->pixels * k->channels / pack, width = k->pixels / pack;
  word *keys = (word *)(k->scratch + (size_t)st_thread() * scratch(&k->s));
  word *values = keys + matrix, *rows = values + matrix;
  word *weights = rows + most_queries * k->channels / pack;
  float *scores = (float *)(weights + most_queries * width);
  float *out = scores + most_queries * k->pixels;
  for (size_t unit = begin; unit < end; unit++) {
    struct head h = {unit / k->s.heads, unit % k->s.heads};
    load_transposed(keys, rows, k->k, k, h);
    load_packed(values, k->v, k, h, 0, k->pixels);
    for (size_t first = 0; first < k->s.pixels; first += most_queries) {
      size_t count = smaller(most_queries, k->s.pixels - first), even = round_up(count, 2);
      float sums[most_queries];
      load_rows(rows, k->q, k, h, first, even);
      scores_of(scores, rows, keys, even, -INFINITY, k);
      for (size_t r = 0; r < count; r++)
        sums[r] = exponentials(weights + r * width, k->logarithms + unit * k->s.pixels + first + r,
                               scores + r * k->pixels, k);
      multiply_all(out, weights, width, 1, even, values, k->channels, width, false);
      for (size_t r = 0; r < count; r++)
        for (size_t c = 0; c < k->channels; c += st_width) {
          float *at = out + r * k->channels + c;
          st_store(at, st_load(at) / sums[r]);
        }
      store_rows(k->y, out, k, h, first, count);
    }
  }
}

// MARK: Backward

/// A thread's matrices in the backward pass. Of queries, dY, weights and slopes there are as many
/// rows as are worked on at a time.
struct matrices {
  word *keys, *packed_keys, *values;       ///< K transposed and packed, V transposed
  word *query_rows, *dy_rows, *slope_rows; ///< factors of the sum over channels or keys
  word *queries, *dy, *weights, *slopes;   ///< packed: factors of the sum over queries
  float *dk, *dv, *scores, *score_gradients, *dq;
};

static struct matrices matrices_of(const struct context *k) {
  size_t matrix = k->pixels * k->channels, wide = most_queries * k->channels;
  size_t scores = most_queries * k->pixels;
  struct matrices m;
  m.keys = (word *)(k->scratch + (size_t)st_thread() * scratch(&k->s));
  m.packed_keys = m.keys + matrix / pack;
  m.values = m.packed_keys + matrix / pack;
  m.query_rows = m.values + matrix / pack;
  m.dy_rows = m.query_rows + wide / pack;
  m.slope_rows = m.dy_rows + wide / pack;
  m.queries = m.slope_rows + scores / pack;
  m.dy = m.queries + wide / pack;
  m.weights = m.dy + wide / pack;
  m.slopes = m.weights + scores / pack;
  m.dk = (float *)(m.slopes + scores / pack);
  m.dv = m.dk + matrix;
  m.scores = m.dv + matrix;
  m.score_gradients = m.scores + scores;
  m.dq = m.score_gradients + scores;
  return m;
}

/// By which the softmax's gradient is dS = P (dP - mean): the sum over the channels of dY Y.
ST_INLINE float mean_of(const struct context *k, struct head h, size_t pixel) {
  st_vector sums = {0};
  for (size_t c = 0; c < k->channels; c += st_width)
    sums += load_pixel(k->dy, k, h, pixel, c) * load_pixel(k->y, k, h, pixel, c);
  float sum = 0;
  for (int l = 0; l < st_width; l++) sum += sums[l];
  return sum;
}

/// The softmax's weights P and the scores' gradients dS of `pack` queries.
ST_INLINE void weights_and_slopes(const struct matrices *m, size_t row, const float *logarithms,
                                  const float *means, const struct context *k) {
  for (size_t j = 0; j < k->pixels; j += st_width) {
    st_vector weights[pack], slopes[pack];
    UNROLLED_FOR (size_t i = 0; i < pack; i++) {
      size_t at = (row + i) * k->pixels + j;
      weights[i] = st_exp_not_positive(st_load(m->scores + at) * k->scale - logarithms[i]);
      slopes[i] = weights[i] * (st_load(m->score_gradients + at) - means[i]) * k->scale;
      store_channels(m->slope_rows + at / pack, slopes[i]);
    }
    store_packed(m->weights + row / pack * k->pixels + j, weights);
    store_packed(m->slopes + row / pack * k->pixels + j, slopes);
  }
}

/// What queries from the `first` on give to the gradients: dQ = dS K, dV += P^T dY, dK += dS^T Q.
static void backward_queries(const struct context *k, const struct matrices *m, struct head h,
                             size_t first, size_t count) {
  size_t even = round_up(count, 2), words = k->channels / pack, width = k->pixels / pack;
  load_rows(m->query_rows, k->q, k, h, first, even);
  load_packed(m->queries, k->q, k, h, first, even);
  load_rows(m->dy_rows, k->dy, k, h, first, even);
  load_packed(m->dy, k->dy, k, h, first, even);
  scores_of(m->scores, m->query_rows, m->keys, even, -INFINITY, k);
  scores_of(m->score_gradients, m->dy_rows, m->values, even, 0, k);

  const float *saved = k->logarithms + (h.image * k->s.heads + h.number) * k->s.pixels + first;
  float logarithms[most_queries] = {0}, means[most_queries] = {0};
  for (size_t r = 0; r < count; r++) logarithms[r] = saved[r], means[r] = mean_of(k, h, first + r);
  for (size_t r = 0; r < even; r += pack) weights_and_slopes(m, r, logarithms + r, means + r, k);

  multiply_all(m->dq, m->slope_rows, width, 1, even, m->packed_keys, k->channels, width, false);
  store_rows(k->dq, m->dq, k, h, first, count);
  multiply_all(m->dv, m->weights, 1, k->pixels, k->pixels, m->dy, k->channels, even / pack,
               first > 0);
  multiply_all(m->dk, m->slopes, 1, k->pixels, k->pixels, m->queries, k->channels, even / pack,
               first > 0);
}

static void backward_task(const void *context, size_t begin, size_t end) {
  const struct context *k = context;
  struct matrices m = matrices_of(k);
  for (size_t unit = begin; unit < end; unit++) {
    struct head h = {unit / k->s.heads, unit % k->s.heads};
    load_transposed(m.keys, m.query_rows, k->k, k, h);
    load_transposed(m.values, m.query_rows, k->v, k, h);
    load_packed(m.packed_keys, k->k, k, h, 0, k->pixels);
    for (size_t first = 0; first < k->s.pixels; first += most_queries)
      backward_queries(k, &m, h, first, smaller(most_queries, k->s.pixels - first));
    store_rows(k->dk, m.dk, k, h, 0, k->s.pixels);
    store_rows(k->dv, m.dv, k, h, 0, k->s.pixels);
  }
}

// MARK: Entry points

static void forward(void *y, float *logarithms, float *scratch, const void *q, const void *key,
                    const void *v, const struct st_attention *s) {
  struct context k = context_of(s);
  k.y = y, k.logarithms = logarithms, k.scratch = scratch;
  k.q = q, k.k = key, k.v = v;
  st_parallel(s->images * s->heads, &k, forward_task);
}

static void backward(void *dq, void *dk, void *dv, float *scratch, const void *dy, const void *y,
                     const float *logarithms, const void *q, const void *key, const void *v,
                     const struct st_attention *s) {
  struct context k = context_of(s);
  k.y = (void *)y, k.logarithms = (float *)logarithms, k.scratch = scratch;
  k.dq = dq, k.dk = dk, k.dv = dv;
  k.q = q, k.k = key, k.v = v, k.dy = dy;
  st_parallel(s->images * s->heads, &k, backward_task);
}

const struct attention_variant ATTENTION_VARIANT = {
    .scratch = scratch, .forward = forward, .backward = backward};
