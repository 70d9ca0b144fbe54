#pragma once
#include "attention_heads.h"

// dV = P^T dY,  dS = P (dY V^T - mean),  dQ = dS K / sqrt(d),  dK = dS^T Q / sqrt(d), with the weights
// P = exp(S - logarithm) made again and mean the sum over the channels of dY Y (Dao 2022).
//
// Keys are side by side in the lanes. A chunk of keys takes all queries in turn, a tile at a time, and has then its
// own gradients; what it gives to the queries' is added chunk by chunk, in this order whoever works on them.

enum {
  rows_together = 2, ///< queries that are scored at once
  octet = 8,         ///< rows of dQ, to which queries are rounded up
  summed_rows =
      panel > 1 ? octet : octet / 2, ///< of dQ that are summed up at once: what registers there are
  tile = pack * 32,                  ///< queries whose weights are kept
  most_chunks = 16,                  ///< of keys
  least_tasks = 2,                   ///< for each thread
};

/// What a thread keeps of a head, or of a chunk of its keys.
struct backward_matrices {
  word *rows; ///< of keys or values
  word *query_rows, *dy_rows;
  word *queries, *dy;                  ///< packed
  word *keys, *values;                 ///< transposed
  word *packed_keys, *spread_keys;     ///< packed; as dQ wants them
  word *weights, *slopes, *slope_rows; ///< P and dS packed, dS in rows
  float *logarithms, *means;           ///< by the logarithm to the base 2
  float *dk, *dv;                      ///< (channels, chunk)
  float *dq_tile, *dq;                 ///< (queries, dq_width)
};

/// Words of a row of dQ, which a small head would leave half empty: there two words of keys of each channel lie side
/// by side.
ST_INLINE size_t dq_width(const struct context *k) { return round_up(k->channels, st_width); }

/// Keys of a chunk. The number of chunks depends on the pixels alone, so that sums do.
ST_INLINE size_t chunk_of(const struct context *k) {
  return round_up(st_divide_up(k->pixels, most_chunks), wide);
}

ST_INLINE size_t chunks_of(const struct context *k) { return st_divide_up(k->pixels, chunk_of(k)); }

static size_t place_backward(struct backward_matrices *m, float *memory, const struct context *k) {
  struct memory rest = {memory, 0};
  size_t chunk = chunk_of(k), queries = round_up(k->pixels, tile);
  m->rows = take(&rest, chunk * k->words);
  m->query_rows = take(&rest, queries * k->words);
  m->dy_rows = take(&rest, queries * k->words);
  m->queries = take(&rest, queries / pack * k->channels);
  m->dy = take(&rest, queries / pack * k->channels);
  m->keys = take(&rest, k->words * chunk);
  m->values = take(&rest, k->words * chunk);
  m->packed_keys = take(&rest, chunk / pack * k->channels);
  m->spread_keys = take(&rest, chunk / pack * small);
  m->weights = take(&rest, tile / pack * wide);
  m->slopes = take(&rest, tile / pack * wide);
  m->slope_rows = pack == 1 ? m->slopes : take(&rest, tile * wide / pack);
  m->logarithms = take(&rest, queries);
  m->means = take(&rest, queries);
  m->dk = take(&rest, k->channels * chunk);
  m->dv = take(&rest, k->channels * chunk);
  m->dq_tile = take(&rest, tile * dq_width(k));
  m->dq = take(&rest, queries * dq_width(k));
  return rest.used;
}

// MARK: Getting ready

static void load_queries(const struct backward_matrices *m, const struct context *k, size_t unit) {
  struct head h = head_of(k, unit);
  size_t pixels = k->s.pixels, queries = round_up(k->pixels, tile);
  // The means, for which there is Y for a while.
  word *y = m->query_rows;
  load_rows(y, k->y, k, h, 0, queries);
  load_rows(m->dy_rows, k->dy, k, h, 0, queries);
  for (size_t i = 0; i < queries; i++) {
    st_vector sum = {0};
    for (size_t w = 0; w < k->words; w += st_width) {
      st_vector a[pack], b[pack], products = {0};
      numbers_of(a, y + i * k->words + w);
      numbers_of(b, m->dy_rows + i * k->words + w);
      UNROLLED_FOR (int n = 0; n < pack; n++) products += a[n] * b[n];
      // What lies behind the last word belongs to others.
      sum += st_first_lanes(products, k->words - w);
    }
    m->means[i] = st_sum(sum);
  }
  pack_rows(m->dy, m->dy_rows, k, queries);
  load_rows(m->query_rows, k->q, k, h, 0, queries);
  pack_rows(m->queries, m->query_rows, k, queries);
  for (size_t i = 0; i < queries; i++)
    m->logarithms[i] = i < pixels ? k->logarithms[unit * pixels + i] * log2_e : 0;
}

static void load_keys(const struct backward_matrices *m, const struct context *k, size_t unit,
                      size_t first, size_t count) {
  struct head h = head_of(k, unit);
  size_t chunk = chunk_of(k);
  load_rows(m->rows, k->v, k, h, first, count);
  transpose_rows(m->values, chunk, m->rows, k->words, count);
  load_rows(m->rows, k->k, k, h, first, count);
  transpose_rows(m->keys, chunk, m->rows, k->words, count);
  pack_rows(m->packed_keys, m->rows, k, count);
  if (k->channels == small)
    for (size_t i = 0; i < count / pack * small; i += st_width)
      st_store((float *)(m->spread_keys + i),
               st_zip_halves(st_load((float *)(m->packed_keys + i))));
}

// MARK: A tile of queries and a panel of keys

/// P and dS of a few queries, the `row`-th of the tile that begins with the `first` and those behind it.
ST_INLINE void weigh_again(const struct backward_matrices *m, size_t first, size_t row,
                           const word *keys, const word *values, size_t chunk, size_t words,
                           float factor) {
  st_vector s[rows_together][panel], d[rows_together][panel];
  const word *q = m->query_rows + (first + row) * words, *dy = m->dy_rows + (first + row) * words;
  UNROLLED_FOR (int r = 0; r < rows_together; r++)
    UNROLLED_FOR (int c = 0; c < panel; c++) {
      s[r][c] = (st_vector){0};
      d[r][c] = st_broadcast(-m->means[first + row + (size_t)r]);
    }
  for (size_t w = 0; w < words; w++, keys += chunk, values += chunk)
    UNROLLED_FOR (int r = 0; r < rows_together; r++)
      UNROLLED_FOR (int c = 0; c < panel; c++) {
        s[r][c] = multiply_add(s[r][c], q[(size_t)r * words + w], keys + c * st_width);
        d[r][c] = multiply_add(d[r][c], dy[(size_t)r * words + w], values + c * st_width);
      }
  UNROLLED_FOR (int r = 0; r < rows_together; r++)
    UNROLLED_FOR (int c = 0; c < panel; c++) {
      s[r][c] = power_of_two(s[r][c] * factor - m->logarithms[first + row + (size_t)r]);
      d[r][c] *= s[r][c];
    }
  for (size_t r = 0; r < rows_together; r += pack)
    UNROLLED_FOR (size_t c = 0; c < panel; c++) {
      st_vector together[pack];
      UNROLLED_FOR (size_t i = 0; i < pack; i++) together[i] = s[r + i][c];
      store_packed(m->weights + (row + r) / pack * wide + c * st_width, together);
    }
  store_rows_and_packed(m->slope_rows + row * (wide / pack), m->slopes + row / pack * wide, d);
}

/// Rows of dQ of a small head: to a few rows of out it adds what a panel of keys gives.
static void sum_spread(float *out, const word *slopes, const word *keys, bool adds) {
  st_vector sum[summed_rows];
  UNROLLED_FOR (size_t r = 0; r < summed_rows; r++)
    sum[r] = adds ? st_load(out + r * st_width) : (st_vector){0};
  for (size_t i = 0; i < wide / pack; i += 2, keys += st_width) {
    st_words b;
    memcpy(&b, keys, sizeof b);
    UNROLLED_FOR (size_t r = 0; r < summed_rows; r++)
      sum[r] = multiply_add_words(sum[r], st_repeat_2(slopes + r * (wide / pack) + i), b);
  }
  UNROLLED_FOR (size_t r = 0; r < summed_rows; r++) st_store(out + r * st_width, sum[r]);
}

/// What the slopes of `rows` queries and a panel of keys, the `at`-th of the chunk and those behind it, give to dQ.
static void add_to_queries(const struct backward_matrices *m, const struct context *k, size_t rows,
                           size_t at) {
  if (k->channels == small)
    for (size_t r = 0; r < rows; r += summed_rows)
      sum_spread(m->dq_tile + r * st_width, m->slope_rows + r * (wide / pack),
                 m->spread_keys + at / pack * small, at > 0);
  else
    multiply_all(m->dq_tile, dq_width(k), m->slope_rows, wide / pack, 1, rows,
                 m->packed_keys + at / pack * k->channels, k->channels, dq_width(k), wide / pack,
                 at > 0);
}

/// A tile of queries from the `first` on, and `count` keys of a chunk, of which `there` are no padding.
static void backward_tile(const struct backward_matrices *m, const struct context *k, size_t first,
                          size_t rows, size_t count, size_t there) {
  size_t chunk = chunk_of(k);
  for (size_t at = 0; at < count; at += wide) {
    for (size_t r = 0; r < rows; r += rows_together)
      weigh_again(m, first, r, m->keys + at, m->values + at, chunk, k->words, k->scale * log2_e);
    if (there < at + wide)
      for (size_t r = 0; r < rows; r++) {
        number *row = (number *)(m->slope_rows + r * (wide / pack));
        memset(row + (there - at), 0, (at + wide - there) * sizeof *row);
      }
    add_to_queries(m, k, rows, at);
    product(m->dv + at, chunk, m->dy + first / pack * k->channels, 1, k->channels, k->channels,
            m->weights, wide, panel, rows / pack, first > 0);
    product(m->dk + at, chunk, m->queries + first / pack * k->channels, 1, k->channels, k->channels,
            m->slopes, wide, panel, rows / pack, first > 0);
  }
}

/// The gradients of a chunk of keys, and what it gives to those of the queries: dq = or += that.
static void backward_chunk(const struct backward_matrices *m, const struct context *k, size_t unit,
                           size_t number, float *dq, bool adds) {
  size_t first = number * chunk_of(k), count = smaller(chunk_of(k), k->pixels - first);
  size_t there = smaller(count, k->s.pixels - first), width = dq_width(k);
  load_keys(m, k, unit, first, count);
  for (size_t q = 0; q < k->s.pixels; q += tile) {
    size_t rows = smaller(tile, round_up(k->s.pixels - q, octet));
    backward_tile(m, k, q, rows, count, there);
    for (size_t i = 0; i < rows * width; i += st_width) {
      float *to = dq + q * width + i;
      st_vector sum = st_load(m->dq_tile + i);
      st_store(to, adds ? st_load(to) + sum : sum);
    }
  }
  struct head h = head_of(k, unit);
  store_channels_of(k->dv, m->dv, chunk_of(k), 1, k, h, 0, k->depth, first, there);
  store_channels_of(k->dk, m->dk, chunk_of(k), k->scale, k, h, 0, k->depth, first, there);
}

/// Writes dQ of `count` queries from the `first` on, whose rows begin at `dq`.
static void store_queries(const struct context *k, size_t unit, const float *dq, size_t first,
                          size_t count) {
  size_t width = dq_width(k), spread = k->channels == small ? 2 : 1;
  for (size_t p = 0; p < count; p += st_width)
    for (size_t c = 0; c < width; c += st_width) {
      st_vector v[st_width];
      UNROLLED_FOR (size_t r = 0; r < st_width; r++) v[r] = st_load(dq + (p + r) * width + c);
      transpose(v);
      float channels[st_width * st_width];
      for (size_t i = 0; i < st_width; i += spread) {
        st_store(channels + i / spread * st_width, spread == 2 ? v[i] + v[i + 1] : v[i]);
      }
      store_channels_of(k->dq, channels, st_width, k->scale, k, head_of(k, unit), c, c + st_width,
                        first + p, smaller(st_width, count - p));
    }
}

// MARK: Work for threads

/// Heads.
static void backward_heads(const void *context, size_t begin, size_t end) {
  const struct context *k = context;
  struct backward_matrices m;
  size_t size = place_backward(&m, NULL, k);
  place_backward(&m, k->scratch + (size_t)st_thread() * size, k);
  for (size_t unit = begin; unit < end; unit++) {
    load_queries(&m, k, unit);
    for (size_t c = 0; c < chunks_of(k); c++) backward_chunk(&m, k, unit, c, m.dq, c > 0);
    store_queries(k, unit, m.dq, 0, k->s.pixels);
  }
}

/// Some chunks of some heads, which all threads share: each gives a part of dQ, and the parts are added up before those
/// of the next round take their place.
struct round {
  const struct context *k;
  size_t unit, units;   ///< heads
  size_t chunk, chunks; ///< of each of them
  size_t most;          ///< chunks of any round
};

/// The largest round: as many chunks as keep the threads busy.
static struct round largest_round(const struct context *k, size_t threads) {
  size_t tasks = least_tasks * threads, chunks = smaller(chunks_of(k), tasks);
  return (struct round){.k = k,
                        .units = smaller(k->units, st_divide_up(tasks, chunks)),
                        .chunks = chunks,
                        .most = chunks};
}

ST_INLINE size_t part_size(const struct context *k) {
  return round_up(k->pixels, tile) * dq_width(k);
}

/// Where the sum of a head's parts is, behind which they lie themselves.
ST_INLINE float *sum_of(const struct round *r, size_t unit) {
  return r->k->parts + unit * (1 + r->most) * part_size(r->k);
}

/// Chunks.
static void backward_chunks(const void *context, size_t begin, size_t end) {
  const struct round *r = context;
  const struct context *k = r->k;
  struct backward_matrices m;
  size_t size = place_backward(&m, NULL, k), ready = SIZE_MAX;
  place_backward(&m, k->scratch + (size_t)st_thread() * size, k);
  for (size_t item = begin; item < end; item++) {
    size_t unit = item / r->chunks, c = item % r->chunks;
    float *part = sum_of(r, unit) + (1 + c) * part_size(k);
    if (unit != ready) load_queries(&m, k, r->unit + unit);
    ready = unit;
    backward_chunk(&m, k, r->unit + unit, r->chunk + c, part, false);
  }
}

/// Panels of queries, to which the chunks have given.
static void add_parts(const void *context, size_t begin, size_t end) {
  const struct round *r = context;
  const struct context *k = r->k;
  size_t panels = k->pixels / wide, width = dq_width(k);
  for (size_t item = begin; item < end; item++) {
    size_t unit = item / panels, first = item % panels * wide;
    size_t count = smaller(wide, k->s.pixels - first);
    float *sum = sum_of(r, unit) + first * width;
    for (size_t c = 0; c < r->chunks; c++) {
      const float *part = sum + (1 + c) * part_size(k);
      bool adds = r->chunk + c > 0;
      for (size_t i = 0; i < count * width; i += st_width)
        st_store(sum + i, adds ? st_load(sum + i) + st_load(part + i) : st_load(part + i));
    }
    if (r->chunk + r->chunks == chunks_of(k)) store_queries(k, r->unit + unit, sum, first, count);
  }
}

static void backward_rounds(const struct context *k, size_t threads) {
  const struct round most = largest_round(k, threads);
  struct round r = most;
  for (r.unit = 0; r.unit < k->units; r.unit += most.units)
    for (r.chunk = 0; r.chunk < chunks_of(k); r.chunk += most.chunks) {
      r.units = smaller(most.units, k->units - r.unit);
      r.chunks = smaller(most.chunks, chunks_of(k) - r.chunk);
      st_parallel(r.units * r.chunks, &r, backward_chunks);
      st_parallel(r.units * (k->pixels / wide), &r, add_parts);
    }
}

/// Whether there are too few heads for the threads.
static bool splits_heads(const struct context *k, size_t threads) {
  return threads > 1 && k->units < least_tasks * threads && chunks_of(k) > 1;
}

static size_t backward_scratch(const struct st_attention *s, size_t threads) {
  struct context k = context_of(s);
  struct backward_matrices m;
  struct round r = largest_round(&k, threads);
  size_t parts = splits_heads(&k, threads) ? r.units * (1 + r.chunks) : 0;
  return threads * place_backward(&m, NULL, &k) + parts * part_size(&k);
}

static void backward(void *dq, void *dk, void *dv, float *scratch, const void *dy, const void *y,
                     const float *logarithms, const void *q, const void *key, const void *v,
                     const struct st_attention *s) {
  struct context k = context_of(s);
  struct backward_matrices m;
  size_t threads = (size_t)st_threads();
  k.y = (void *)y, k.logarithms = (float *)logarithms, k.scratch = scratch;
  k.parts = scratch + threads * place_backward(&m, NULL, &k);
  k.dq = dq, k.dk = dk, k.dv = dv;
  k.q = q, k.k = key, k.v = v, k.dy = dy;
  if (splits_heads(&k, threads))
    backward_rounds(&k, threads);
  else
    st_parallel(k.units, &k, backward_heads);
}
