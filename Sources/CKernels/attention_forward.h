#pragma once
#include "attention_heads.h"

// y = softmax(Q K^T / sqrt(d)) V. A panel of an image's head's queries is a unit of work: queries side by side in
// the lanes, so that their sums are lanes' sums. Some keys at a time are scored, weighted and summed up, so that
// weights stay in the nearest cache (Dao 2022).
//
// Weights are powers of two of scores times log2(e). What is subtracted from scores before cancels out and has only to
// keep the powers in float's range. Nothing is, unless their sum tells that this was too little; then it is the largest.

enum {
  quad = 4,    ///< keys that are scored at once
  block = 128, ///< keys whose weights are kept
};

/// What a thread keeps of a head.
struct forward_matrices {
  word *keys, *values;  ///< rows; packed
  word *rows, *queries; ///< of a panel; transposed
  word *weights;        ///< (block / pack, panel)
  float *out;           ///< (channels, panel)
  float *shifts, *sums; ///< (panel)
  float factor;         ///< of the products, to be powers of two
};

/// Gives them their places in `memory`, or none; returns its floats.
static size_t place_forward(struct forward_matrices *m, float *memory, const struct context *k) {
  struct memory rest = {memory, 0};
  m->factor = k->scale * log2_e;
  m->keys = take(&rest, k->pixels * k->words);
  m->values = take(&rest, k->pixels / pack * k->channels);
  m->rows = take(&rest, wide * k->words);
  m->queries = take(&rest, k->words * wide);
  m->weights = take(&rest, block / pack * wide);
  m->out = take(&rest, k->channels * wide);
  m->shifts = take(&rest, wide);
  m->sums = take(&rest, wide);
  return rest.used;
}

/// Products of a panel of queries with a quad of keys.
ST_INLINE void scores(st_vector s[quad][panel], const struct forward_matrices *m, const word *keys,
                      size_t words, const int columns) {
  UNROLLED_FOR (int r = 0; r < quad; r++)
    UNROLLED_FOR (int c = 0; c < columns; c++) s[r][c] = (st_vector){0};
  const word *queries = m->queries;
  for (size_t w = 0; w < words; w++, queries += wide)
    UNROLLED_FOR (int r = 0; r < quad; r++)
      UNROLLED_FOR (int c = 0; c < columns; c++)
        s[r][c] = multiply_add(s[r][c], keys[(size_t)r * words + w], queries + c * st_width);
}

/// Writes the weights of the `count` keys from the j-th on, at most a quad, and zeros behind them; adds them to the
/// sums.
ST_INLINE void weigh_quad(const struct forward_matrices *m, const word *keys, size_t words,
                          size_t j, const int count, st_vector sums[panel],
                          const st_vector shifts[panel], const int columns) {
  st_vector s[quad][panel];
  scores(s, m, keys + j * words, words, columns);
  UNROLLED_FOR (int r = 0; r < quad; r += pack)
    UNROLLED_FOR (int c = 0; c < columns; c++) {
      st_vector weights[pack];
      UNROLLED_FOR (int i = 0; i < pack; i++) {
        weights[i] =
            r + i < count ? power_of_two(s[r + i][c] * m->factor - shifts[c]) : (st_vector){0};
        sums[c] += weights[i];
      }
      store_packed(m->weights + (j + (size_t)r) / pack * wide + c * st_width, weights);
    }
}

/// Writes the weights of `count` keys and adds them to the sums.
ST_INLINE void weigh(const struct forward_matrices *m, const word *keys, size_t words, size_t count,
                     const int columns) {
  st_vector sums[panel], shifts[panel];
  UNROLLED_FOR (int c = 0; c < columns; c++) {
    sums[c] = st_load(m->sums + c * st_width);
    shifts[c] = st_load(m->shifts + c * st_width);
  }
  size_t j = 0;
  for (; j + quad <= count; j += quad) weigh_quad(m, keys, words, j, quad, sums, shifts, columns);
  switch (count - j) {
    case 1: weigh_quad(m, keys, words, j, 1, sums, shifts, columns); break;
    case 2: weigh_quad(m, keys, words, j, 2, sums, shifts, columns); break;
    case 3: weigh_quad(m, keys, words, j, 3, sums, shifts, columns); break;
  }
  UNROLLED_FOR (int c = 0; c < columns; c++) st_store(m->sums + c * st_width, sums[c]);
}

/// The largest scores of `count` keys become the shifts.
ST_INLINE void find_largest(const struct forward_matrices *m, size_t words, size_t count,
                            const int columns) {
  st_vector most[panel];
  UNROLLED_FOR (int c = 0; c < columns; c++) most[c] = st_broadcast(-INFINITY);
  for (size_t j = 0; j < count; j += quad) {
    st_vector s[quad][panel];
    scores(s, m, m->keys + j * words, words, columns);
    for (size_t r = 0; r < smaller(quad, count - j); r++)
      UNROLLED_FOR (int c = 0; c < columns; c++)
        most[c] = __builtin_elementwise_max(most[c], s[r][c]);
  }
  UNROLLED_FOR (int c = 0; c < columns; c++)
    st_store(m->shifts + c * st_width, most[c] * m->factor);
}

#define OF_COLUMNS(columns) \
  static void weigh_##columns(const struct forward_matrices *m, const word *keys, size_t words, \
                              size_t count) { \
    weigh(m, keys, words, count, columns < panel ? columns : panel); \
  } \
  static void find_largest_##columns(const struct forward_matrices *m, size_t words, \
                                     size_t count) { \
    find_largest(m, words, count, columns < panel ? columns : panel); \
  }
OF_COLUMNS(1)
OF_COLUMNS(2)
OF_COLUMNS(3)
OF_COLUMNS(4)

/// The sums of the values by weight, and of the weights.
static void sum_values(const struct forward_matrices *m, const struct context *k, size_t columns) {
  static void (*const weigh[])(const struct forward_matrices *, const word *, size_t, size_t) = {
      weigh_1, weigh_2, weigh_3, weigh_4};
  memset(m->sums, 0, wide * sizeof(float));
  for (size_t j = 0; j < k->s.pixels; j += block) {
    size_t count = smaller(block, k->s.pixels - j);
    weigh[columns - 1](m, m->keys + j * k->words, k->words, count);
    product(m->out, wide, m->values + j / pack * k->channels, 1, k->channels, k->channels,
            m->weights, wide, columns, round_up(count, quad) / pack, j > 0);
  }
}

/// Whether powers of unshifted scores were in a range in which nothing is lost.
static bool sums_are_good(const struct forward_matrices *m, size_t columns) {
  for (size_t i = 0; i < columns * st_width; i++)
    if (!(m->sums[i] > 0x1p-40f && m->sums[i] < 0x1p80f)) return false;
  return true;
}

static void forward_panel(const struct context *k, const struct forward_matrices *m, size_t unit,
                          size_t first) {
  static void (*const find_largest[])(const struct forward_matrices *, size_t, size_t) = {
      find_largest_1, find_largest_2, find_largest_3, find_largest_4};
  struct head h = head_of(k, unit);
  size_t count = smaller(wide, k->s.pixels - first);
  size_t columns = st_divide_up(count, st_width);
  load_rows(m->rows, k->q, k, h, first, columns * st_width);
  transpose_rows(m->queries, wide, m->rows, k->words, columns * st_width);

  memset(m->shifts, 0, wide * sizeof(float));
  sum_values(m, k, columns);
  if (!sums_are_good(m, columns)) {
    find_largest[columns - 1](m, k->words, k->s.pixels);
    sum_values(m, k, columns);
  }

  float *logarithms = k->logarithms + unit * k->s.pixels + first;
  for (size_t c = 0; c < columns; c++) {
    st_vector sum = st_load(m->sums + c * st_width);
    st_vector logarithm = (st_load(m->shifts + c * st_width) + st_log2(sum)) * ln_2;
    memcpy(logarithms + c * st_width, &logarithm,
           smaller(st_width, count - c * st_width) * sizeof *logarithms);
    st_vector inverse = 1 / sum;
    for (size_t d = 0; d < k->depth; d++) {
      float *at = m->out + d * wide + c * st_width;
      st_store(at, st_load(at) * inverse);
    }
  }
  store_channels_of(k->y, m->out, wide, 1, k, h, 0, k->depth, first, count);
}

static void forward_task(const void *context, size_t begin, size_t end) {
  const struct context *k = context;
  struct forward_matrices m;
  size_t size = place_forward(&m, NULL, k), panels = k->pixels / wide;
  place_forward(&m, k->scratch + (size_t)st_thread() * size, k);
  size_t ready = SIZE_MAX;
  for (size_t item = begin; item < end; item++) {
    size_t unit = item / panels;
    if (unit != ready) {
      struct head h = head_of(k, unit);
      load_rows(m.keys, k->v, k, h, 0, k->pixels);
      pack_rows(m.values, m.keys, k, k->pixels);
      load_rows(m.keys, k->k, k, h, 0, k->pixels);
      ready = unit;
    }
    forward_panel(k, &m, unit, item % panels * wide);
  }
}

static size_t forward_scratch(const struct st_attention *s, size_t threads) {
  struct context k = context_of(s);
  struct forward_matrices m;
  return threads * place_forward(&m, NULL, &k);
}

static void forward(void *y, float *logarithms, float *scratch, const void *q, const void *key,
                    const void *v, const struct st_attention *s) {
  struct context k = context_of(s);
  k.y = y, k.logarithms = logarithms, k.scratch = scratch;
  k.q = q, k.k = key, k.v = v;
  st_parallel(k.units * (k.pixels / wide), &k, forward_task);
}
