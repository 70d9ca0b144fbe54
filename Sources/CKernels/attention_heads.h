#pragma once
#include "attention_variant.h"
#include "product.h"

// A head's channels in the images and as factors of products of words (product.h), which come in these orders:
//   rows        (pixels, channels): the words of a pixel in a row;
//   transposed  (words of channels, pixels);
//   packed      (pixels / pack, channels): the pixels that are summed up over share a word.
// Pixels are padded with zeros to whole panels, channels to eight or an even number.

enum {
  wide = panel * st_width, ///< pixels of a panel, side by side
  small = 8,               ///< to which a head of fewer channels is padded
  slack = 16,              ///< words that may be written or read past the end of a matrix
};

static const float log2_e = 1.44269504f, ln_2 = 0.693147181f;

struct context {
  void *y, *dq, *dk, *dv;
  const void *q, *k, *v, *dy;
  float *logarithms, *scratch;
  float *parts; ///< of dQ
  struct st_attention s;
  size_t depth;    ///< channels of a head
  size_t channels; ///< padded
  size_t words;    ///< of a pixel
  size_t pixels;   ///< padded
  size_t units;    ///< heads of all images
  float scale;     ///< of scores
};

struct head {
  size_t image, number;
};

static struct context context_of(const struct st_attention *s) {
  struct context k = {.s = *s};
  k.depth = s->channels / s->heads;
  k.channels = k.depth <= small ? small : round_up(k.depth, 2);
  k.words = k.channels / pack;
  k.pixels = round_up(s->pixels, wide);
  k.units = s->images * s->heads;
  k.scale = 1 / sqrtf((float)k.depth);
  return k;
}

ST_INLINE struct head head_of(const struct context *k, size_t unit) {
  return (struct head){unit / k->s.heads, unit % k->s.heads};
}

/// Channels of a head that lie side by side in an image, from the c-th on.
struct run {
  size_t place; ///< of the first channel of the image's first pixel
  size_t count; ///< at most 16
};

ST_INLINE struct run run_at(const struct context *k, struct head h, size_t c) {
  size_t channel = h.number * k->depth + c, lane = channel % st_width;
  size_t block = h.image * st_divide_up(k->s.channels, st_width) + channel / st_width;
  return (struct run){block * k->s.pixels * st_width + lane,
                      smaller(st_width - lane, k->depth - c)};
}

/// Does `action`, in which `count` is known while compiling where it is usual.
#define WITH_COUNT(value, action) \
  switch (value) { \
    case 16: { \
      const size_t count = 16; \
      action; \
    } break; \
    case 8: { \
      const size_t count = 8; \
      action; \
    } break; \
    default: { \
      const size_t count = (value); \
      action; \
    } \
  }

/// Memory that is handed out; nowhere, to learn how much it will be.
struct memory {
  float *first;
  size_t used;
};

/// Space for `count` words and slack, in whole lines of the cache where the memory is.
ST_INLINE void *take(struct memory *memory, size_t count) {
  float *taken = memory->first ? memory->first + memory->used : NULL;
  memory->used += round_up(count + slack, st_width);
  return taken;
}

// MARK: From images

/// Rows of `count` pixels from the `first` on.
static void load_rows(word *to, const void *x, const struct context *k, struct head h, size_t first,
                      size_t count) {
  size_t there = first < k->s.pixels ? smaller(count, k->s.pixels - first) : 0;
  if (k->channels != k->depth) memset(to, 0, there * k->words * sizeof *to);
  memset(to + there * k->words, 0, (count - there) * k->words * sizeof *to);
  size_t stride = k->channels;
  for (size_t c = 0; c < k->depth;) {
    struct run run = run_at(k, h, c);
    const number *from = (const number *)x + run.place + first * st_width;
    number *row = (number *)to + c;
    WITH_COUNT(run.count, for (size_t p = 0; p < there; p++)
                              memcpy(row + p * stride, from + p * st_width, count * sizeof *row))
    c += run.count;
  }
}

/// Transposes rows of `count` pixels, whole vectors.
static void transpose_rows(word *to, size_t stride, const word *rows, size_t words, size_t count) {
  for (size_t p = 0; p < count; p += st_width)
    for (size_t w = 0; w < words; w += st_width) {
      st_vector v[st_width];
      UNROLLED_FOR (size_t r = 0; r < st_width; r++)
        v[r] = st_load((const float *)(rows + (p + r) * words + w));
      transpose(v);
      for (size_t i = 0; i < smaller(st_width, words - w); i++)
        st_store((float *)(to + (w + i) * stride + p), v[i]);
    }
}

/// Packs rows of `count` pixels.
static void pack_rows(word *to, const word *rows, const struct context *k, size_t count) {
  for (size_t p = 0; p < count; p += pack)
    for (size_t c = 0; c < k->channels; c += st_width)
      pack_numbers(to + p / pack * k->channels + c, rows + p * k->words + c / pack, k->words);
}

/// out (rows x columns) = or += a times b, a sum of `count` words (`product`).
static void multiply_all(float *out, size_t out_row, const word *a, size_t a_row, size_t a_step,
                         size_t rows, const word *b, size_t b_step, size_t columns, size_t count,
                         bool adds) {
  for (size_t c = 0; c < columns; c += wide)
    product(out + c, out_row, a, a_row, a_step, rows, b + c, b_step,
            smaller(columns - c, wide) / st_width, count, adds);
}

// MARK: To images

/// Writes channels of `pixels` pixels, from the `first` on: those from the `from`-th to before the `to`-th, which lie in
/// rows of `stride`, pixels side by side.
static void store_channels_of(void *x, const float *channels, size_t stride, float factor,
                              const struct context *k, struct head h, size_t from, size_t to,
                              size_t first, size_t pixels) {
  for (size_t c = from; c < smaller(to, k->depth);) {
    struct run run = run_at(k, h, c);
    run.count = smaller(run.count, to - c);
    for (size_t p = 0; p < pixels; p += st_width) {
      st_vector v[st_width] = {0};
      for (size_t i = 0; i < run.count; i++)
        v[i] = st_load(channels + (c - from + i) * stride + p) * factor;
      transpose(v);
      number *place = (number *)x + run.place + (first + p) * st_width;
      size_t there = smaller(st_width, pixels - p);
      WITH_COUNT(run.count, for (size_t r = 0; r < there; r++)
                                store_numbers(place + r * st_width, v[r], count))
    }
    c += run.count;
  }
}
