#include "philox.h"
#include "pointwise.h"
#include "vector.h"

// A block of an image at a time, some pixels at a time, whose random words lie like the block's elements: Philox works
// on the lanes side by side, each of which is in its channel's own part of the stream.

enum { tile = 32 }; // pixels

struct arguments {
  void *y;
  const void *x;
  size_t channels, pixels, blocks;
  float scale;
  uint32_t limit;          ///< at least which is a word that keeps its element
  st_random_stream stream; ///< of the first image
};

/// The words of Philox blocks `first` and some behind it of each lane, which are four pixels' each.
ST_INLINE void fill_words(uint32_t *restrict words, const uint32_t *restrict first, size_t blocks,
                          st_random_stream stream) {
  for (uint32_t b = 0; b < blocks; b++, words += 4 * st_width)
    for (size_t l = 0; l < st_width; l++) {
      st_philox_block random = st_philox4x32_10(first[l] + b, stream);
      words[l] = random.word[0];
      words[st_width + l] = random.word[1];
      words[2 * st_width + l] = random.word[2];
      words[3 * st_width + l] = random.word[3];
    }
}

ST_INLINE st_words load_words(const uint32_t *words) {
  st_words v;
  memcpy(&v, words, sizeof v);
  return v;
}

/// The `count` pixels from the `first` on of block `unit`.
ST_INLINE void drop_pixels(const struct arguments *k, size_t unit, size_t first, size_t count,
                           st_element element) {
  size_t channel = unit % k->blocks * st_width;
  st_random_stream stream = k->stream;
  stream.index += (uint32_t)(unit / k->blocks);
  // A channel's pixels may begin within a Philox block.
  int are_aligned = k->pixels % 4 == 0;
  uint32_t blocks[st_width], words[(tile + 4) * st_width];
  st_words skipped, there;
  for (size_t l = 0; l < st_width; l++) {
    size_t c = channel + l, number = c * k->pixels + first;
    blocks[l] = (uint32_t)(number / 4), skipped[l] = number % 4;
    there[l] = c < k->channels ? UINT32_MAX : 0;
  }
  fill_words(words, blocks, st_divide_up(are_aligned ? count : count + 3, 4), stream);

  size_t start = (unit * k->pixels + first) * st_width;
  for (size_t i = 0; i < count * st_width; i += st_width) {
    st_words random = load_words(words + i);
    if (!are_aligned)
      for (uint32_t s = 1; s < 4; s++) {
        st_words is_here = (st_words)(skipped == s);
        random = (random & ~is_here) | (load_words(words + i + s * st_width) & is_here);
      }
    st_words kept = (st_words)(random >= k->limit) & there;
    st_vector v = st_load_elements(k->x, start + i, st_width, element) * k->scale;
    st_store_elements(k->y, start + i, (st_vector)((st_words)v & kept), st_width, element);
  }
}

ST_IMAGE_TASK(dropout) {
  const struct arguments *k = context;
  for (size_t unit = begin; unit < end; unit++)
    for (size_t p = 0; p < k->pixels; p += tile) {
      size_t count = k->pixels - p < tile ? k->pixels - p : tile;
      drop_pixels(k, unit, p, count, element);
    }
}

void st_dropout(void *y, const void *x, float rate, uint64_t seed, uint32_t step,
                uint32_t first_image, uint32_t stream, size_t images, size_t channels,
                size_t pixels, st_element element) {
  struct arguments k = {.y = y,
                        .x = x,
                        .channels = channels,
                        .pixels = pixels,
                        .blocks = st_divide_up(channels, st_width),
                        .scale = 1 / (1 - rate),
                        .limit = (uint32_t)((double)rate * 4294967296.0),
                        .stream = {seed, step, first_image, stream}};
  st_parallel(images * k.blocks, &k, dropout_task(element));
}
