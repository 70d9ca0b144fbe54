#include "layout.h"

#include <assert.h>
#include <math.h>

#include "vector.h"

// Moves of data between layouts and resolutions.

// They go through a block in pieces whose both sides stay in the first-level cache, lane after lane.
enum { piece_pixels = 256 };

struct arguments {
  void *y, *z;
  const void *a, *b;
  size_t a_channels, blocks, pixels, pieces;
  struct st_images s;
};

static struct arguments arguments(void *y, void *z, const void *a, const void *b, size_t a_channels,
                                  const struct st_images *s) {
  size_t pixels = s->height * s->width;
  return (struct arguments){.y = y,
                            .z = z,
                            .a = a,
                            .b = b,
                            .a_channels = a_channels,
                            .blocks = st_divide_up(s->channels, s->lanes),
                            .pixels = pixels,
                            .pieces = st_divide_up(pixels, piece_pixels),
                            .s = *s};
}

/// Pixels from `first` on.
struct piece {
  size_t first, count;
};

ST_INLINE struct piece piece_at(size_t index, size_t pixels) {
  size_t first = index * piece_pixels, rest = pixels - first;
  return (struct piece){first, rest < piece_pixels ? rest : piece_pixels};
}

/// Zeros in all lanes of some pixels of a block.
ST_INLINE void clear_pixels(void *y, size_t count, size_t lanes, st_element element) {
  memset(y, 0, count * lanes * st_element_size(element));
}

/// x; of a NaN the one that arithmetic makes, since rounding would carry one whose bits are all set into the sign.
ST_INLINE float usual_nan(float x) { return isnan(x) ? NAN : x; }

ST_IMAGE_TASK(to_blocks) {
  const struct arguments *k = context;
  size_t lanes = k->s.lanes;
  for (size_t unit = begin; unit < end; unit++) {
    size_t block = unit / k->pieces, n = block / k->blocks, first = block % k->blocks * lanes;
    struct piece part = piece_at(unit % k->pieces, k->pixels);
    void *y = st_mutable_element_at(k->y, (block * k->pixels + part.first) * lanes, element);
    if (first + lanes > k->s.channels) clear_pixels(y, part.count, lanes, element);
    for (size_t l = 0; l < lanes && first + l < k->s.channels; l++) {
      size_t plane = n * k->s.channels + first + l;
      const float *x = (const float *)k->a + plane * k->pixels + part.first;
      for (size_t p = 0; p < part.count; p++)
        st_store_element(y, p * lanes + l, element == st_bfloat16 ? usual_nan(x[p]) : x[p],
                         element);
    }
  }
}

void st_to_blocks(void *y, const float *x, const struct st_images *s) {
  struct arguments k = arguments(y, NULL, x, NULL, 0, s);
  st_parallel(s->images * k.blocks * k.pieces, &k, to_blocks_task(s->element));
}

ST_IMAGE_TASK(from_blocks) {
  const struct arguments *k = context;
  size_t lanes = k->s.lanes;
  for (size_t unit = begin; unit < end; unit++) {
    size_t block = unit / k->pieces, n = block / k->blocks, first = block % k->blocks * lanes;
    struct piece part = piece_at(unit % k->pieces, k->pixels);
    const void *x = st_element_at(k->a, (block * k->pixels + part.first) * lanes, element);
    for (size_t l = 0; l < lanes && first + l < k->s.channels; l++) {
      size_t plane = n * k->s.channels + first + l;
      float *y = (float *)k->y + plane * k->pixels + part.first;
      for (size_t p = 0; p < part.count; p++) y[p] = st_load_element(x, p * lanes + l, element);
    }
  }
}

void st_from_blocks(float *y, const void *x, const struct st_images *s) {
  struct arguments k = arguments(y, NULL, x, NULL, 0, s);
  st_parallel(s->images * k.blocks * k.pieces, &k, from_blocks_task(s->element));
}

/// Where channel c of image n begins, and the step from pixel to pixel is `lanes`.
ST_INLINE size_t place(size_t n, size_t c, size_t channels, size_t pixels, size_t lanes) {
  size_t blocks = st_divide_up(channels, lanes);
  return (n * blocks + c / lanes) * pixels * lanes + c % lanes;
}

/// One lane of a block, from place to place in elements.
ST_INLINE void copy_channel(void *y, size_t to, const void *x, size_t from, size_t pixels,
                            size_t lanes, st_element element) {
  for (size_t p = 0; p < pixels; p++)
    st_store_element(y, to + p * lanes, st_load_element(x, from + p * lanes, element), element);
}

ST_IMAGE_TASK(concatenate) {
  const struct arguments *k = context;
  size_t lanes = k->s.lanes, channels = k->s.channels, b_channels = channels - k->a_channels;
  for (size_t unit = begin; unit < end; unit++) {
    size_t block = unit / k->pieces, n = block / k->blocks, first = block % k->blocks * lanes;
    struct piece part = piece_at(unit % k->pieces, k->pixels);
    size_t start = part.first * lanes, to = block * k->pixels * lanes + start;
    if (first + lanes > channels)
      clear_pixels(st_mutable_element_at(k->y, to, element), part.count, lanes, element);
    for (size_t l = 0; l < lanes && first + l < channels; l++) {
      size_t c = first + l;
      if (c < k->a_channels)
        copy_channel(k->y, to + l, k->a, place(n, c, k->a_channels, k->pixels, lanes) + start,
                     part.count, lanes, element);
      else
        copy_channel(k->y, to + l, k->b,
                     place(n, c - k->a_channels, b_channels, k->pixels, lanes) + start, part.count,
                     lanes, element);
    }
  }
}

void st_concatenate(void *y, const void *a, const void *b, size_t a_channels,
                    const struct st_images *s) {
  struct arguments k = arguments(y, NULL, a, b, a_channels, s);
  st_parallel(s->images * k.blocks * k.pieces, &k, concatenate_task(s->element));
}

ST_IMAGE_TASK(split) {
  const struct arguments *k = context;
  size_t lanes = k->s.lanes, channels = k->s.channels;
  for (size_t unit = begin; unit < end; unit++) {
    size_t n = unit / k->pieces;
    struct piece piece = piece_at(unit % k->pieces, k->pixels);
    size_t start = piece.first * lanes;
    for (int half = 0; half < 2; half++) {
      void *part = half ? k->z : k->y;
      size_t offset = half ? k->a_channels : 0, count = half ? channels - offset : k->a_channels;
      for (size_t c = 0; c < count; c++) {
        size_t to = place(n, c, count, k->pixels, lanes) + start;
        if (c % lanes == 0 && c + lanes > count)
          clear_pixels(st_mutable_element_at(part, to, element), piece.count, lanes, element);
        copy_channel(part, to, k->a, place(n, c + offset, channels, k->pixels, lanes) + start,
                     piece.count, lanes, element);
      }
    }
  }
}

void st_split(void *a, void *b, const void *x, size_t a_channels, const struct st_images *s) {
  struct arguments k = arguments(a, b, x, NULL, a_channels, s);
  st_parallel(s->images * k.pieces, &k, split_task(s->element));
}

// A pixel shuffle goes through the image with fewer pixels and more channels, whichever it makes.
struct shuffle_arguments {
  void *y;
  const void *x;
  size_t factor, blocks, pieces; // of the side with more channels
  struct st_images s;            // the side with fewer
  int unshuffles;
};

ST_IMAGE_TASK(shuffle) {
  const struct shuffle_arguments *k = context;
  size_t lanes = k->s.lanes, r = k->factor, channels = k->s.channels;
  size_t height = k->s.height / r, width = k->s.width / r, pixels = k->s.height * k->s.width;
  for (size_t unit = begin; unit < end; unit++) {
    size_t block = unit / k->pieces, n = block / k->blocks, first = block % k->blocks * lanes;
    struct piece part = piece_at(unit % k->pieces, height * width);
    size_t packed = (block * height * width + part.first) * lanes;
    if (k->unshuffles && first + lanes > channels * r * r)
      clear_pixels(st_mutable_element_at(k->y, packed, element), part.count, lanes, element);
    for (size_t l = 0; l < lanes && first + l < channels * r * r; l++) {
      size_t deep = first + l, c = deep / (r * r), i = deep / r % r, j = deep % r;
      size_t plain = place(n, c, channels, pixels, lanes);
      size_t row = part.first / width, column = part.first % width;
      for (size_t p = 0; p < part.count; p++) {
        size_t a = packed + p * lanes + l;
        size_t b = plain + ((row * r + i) * k->s.width + column * r + j) * lanes;
        float v = st_load_element(k->x, k->unshuffles ? b : a, element);
        st_store_element(k->y, k->unshuffles ? a : b, v, element);
        if (++column == width) row++, column = 0;
      }
    }
  }
}

static void shuffle(void *y, const void *x, size_t factor, const struct st_images *s,
                    int unshuffles) {
  size_t blocks = st_divide_up(s->channels * factor * factor, s->lanes);
  size_t pieces = st_divide_up(s->height / factor * (s->width / factor), piece_pixels);
  struct shuffle_arguments k = {y, x, factor, blocks, pieces, *s, unshuffles};
  st_parallel(s->images * blocks * pieces, &k, shuffle_task(s->element));
}

void st_pixel_unshuffle(void *y, const void *x, size_t factor, const struct st_images *s) {
  shuffle(y, x, factor, s, 1);
}

ST_IMAGE_TASK(clear) {
  const struct arguments *k = context;
  for (size_t unit = begin; unit < end; unit++) {
    struct piece part = piece_at(unit % k->pieces, k->pixels);
    size_t first = (unit / k->pieces * k->pixels + part.first) * k->s.lanes;
    clear_pixels(st_mutable_element_at(k->y, first, element), part.count, k->s.lanes, element);
  }
}

void st_pixel_shuffle(void *y, const void *x, size_t factor, const struct st_images *s) {
  // The lanes past the channels, which nothing is moved to.
  struct arguments k = arguments(y, NULL, NULL, NULL, 0, s);
  if (s->channels % s->lanes)
    st_parallel(s->images * k.blocks * k.pieces, &k, clear_task(s->element));
  shuffle(y, x, factor, s, 0);
}

ST_TASK(upsample) {
  const struct arguments *k = context;
  size_t bytes = k->s.lanes * st_element_size(k->s.element); // of a pixel
  size_t height = k->s.height, width = k->s.width;
  for (size_t unit = begin; unit < end; unit++)
    for (size_t row = 0; row < height; row++) {
      const char *x = (const char *)k->a + (unit * height + row) * width * bytes;
      char *y = (char *)k->y + (unit * height + row) * 4 * width * bytes;
      for (size_t column = 0; column < width; column++)
        for (size_t i = 0; i < bytes; i += 32) {
          char v[32];
          memcpy(v, x + column * bytes + i, sizeof v);
          memcpy(y + 2 * column * bytes + i, v, sizeof v);
          memcpy(y + (2 * column + 1) * bytes + i, v, sizeof v);
        }
      memcpy(y + 2 * width * bytes, y, 2 * width * bytes);
    }
}

void st_upsample_forward(void *y, const void *x, const struct st_images *s) {
  // Pixels are copied 32 bytes at a time; of bfloat16 no block has 8 channels.
  assert(s->lanes * st_element_size(s->element) % 32 == 0);
  struct arguments k = arguments(y, NULL, x, NULL, 0, s);
  st_parallel(s->images * k.blocks, &k, upsample_task);
}

ST_IMAGE_TASK(upsample_backward) {
  const struct arguments *k = context;
  size_t lanes = k->s.lanes, height = k->s.height, width = k->s.width;
  for (size_t unit = begin; unit < end; unit++)
    for (size_t row = 0; row < height; row++) {
      size_t above = (unit * height + row) * 4 * width * lanes, below = above + 2 * width * lanes;
      for (size_t column = 0; column < width; column++)
        for (size_t l = 0; l < lanes; l += 8) {
          size_t left = 2 * column * lanes + l, right = left + lanes;
          st_vector sum = st_load_elements(k->a, above + left, 8, element);
          sum += st_load_elements(k->a, above + right, 8, element);
          sum += st_load_elements(k->a, below + left, 8, element);
          sum += st_load_elements(k->a, below + right, 8, element);
          size_t pixel = (unit * height + row) * width + column;
          st_store_elements(k->y, pixel * lanes + l, sum, 8, element);
        }
    }
}

void st_upsample_backward(void *dx, const void *dy, const struct st_images *s) {
  struct arguments k = arguments(dx, NULL, dy, NULL, 0, s);
  st_parallel(s->images * k.blocks, &k, upsample_backward_task(s->element));
}
