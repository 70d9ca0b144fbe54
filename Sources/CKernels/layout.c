#include "layout.h"

#include <math.h>

#include "vector.h"

// Moves of data between layouts and resolutions.

// They go through a block in pieces whose both sides stay in the first-level cache, lane after lane; element by element,
// since vectors that are gathered or scattered are no faster.
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
                            .blocks = st_divide_up(s->channels, st_width),
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
ST_INLINE void clear_pixels(void *y, size_t count, st_element element) {
  memset(y, 0, count * st_width * st_element_size(element));
}

/// x; of a NaN the one that arithmetic makes, since rounding would carry one whose bits are all set into the sign.
ST_INLINE float usual_nan(float x) { return isnan(x) ? NAN : x; }

ST_IMAGE_TASK(to_blocks) {
  const struct arguments *k = context;
  for (size_t unit = begin; unit < end; unit++) {
    size_t block = unit / k->pieces, n = block / k->blocks, first = block % k->blocks * st_width;
    struct piece part = piece_at(unit % k->pieces, k->pixels);
    void *y = st_mutable_element_at(k->y, (block * k->pixels + part.first) * st_width, element);
    if (first + st_width > k->s.channels) clear_pixels(y, part.count, element);
    for (size_t l = 0; l < st_width && first + l < k->s.channels; l++) {
      size_t plane = n * k->s.channels + first + l;
      const float *x = (const float *)k->a + plane * k->pixels + part.first;
#pragma clang loop vectorize(disable)
      for (size_t p = 0; p < part.count; p++)
        st_store_element(y, p * st_width + l, element == st_bfloat16 ? usual_nan(x[p]) : x[p],
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
  for (size_t unit = begin; unit < end; unit++) {
    size_t block = unit / k->pieces, n = block / k->blocks, first = block % k->blocks * st_width;
    struct piece part = piece_at(unit % k->pieces, k->pixels);
    const void *x = st_element_at(k->a, (block * k->pixels + part.first) * st_width, element);
    for (size_t l = 0; l < st_width && first + l < k->s.channels; l++) {
      size_t plane = n * k->s.channels + first + l;
      float *y = (float *)k->y + plane * k->pixels + part.first;
#pragma clang loop vectorize(disable)
      for (size_t p = 0; p < part.count; p++) y[p] = st_load_element(x, p * st_width + l, element);
    }
  }
}

void st_from_blocks(float *y, const void *x, const struct st_images *s) {
  struct arguments k = arguments(y, NULL, x, NULL, 0, s);
  st_parallel(s->images * k.blocks * k.pieces, &k, from_blocks_task(s->element));
}

/// Where channel c of image n begins; the step from pixel to pixel is `st_width`.
ST_INLINE size_t place(size_t n, size_t c, size_t channels, size_t pixels) {
  size_t blocks = st_divide_up(channels, st_width);
  return (n * blocks + c / st_width) * pixels * st_width + c % st_width;
}

/// One lane of a block, from place to place in elements.
ST_INLINE void copy_channel(void *y, size_t to, const void *x, size_t from, size_t pixels,
                            st_element element) {
#pragma clang loop vectorize(disable)
  for (size_t p = 0; p < pixels; p++)
    st_store_element(y, to + p * st_width, st_load_element(x, from + p * st_width, element),
                     element);
}

ST_IMAGE_TASK(concatenate) {
  const struct arguments *k = context;
  size_t channels = k->s.channels, b_channels = channels - k->a_channels;
  for (size_t unit = begin; unit < end; unit++) {
    size_t block = unit / k->pieces, n = block / k->blocks, first = block % k->blocks * st_width;
    struct piece part = piece_at(unit % k->pieces, k->pixels);
    size_t start = part.first * st_width, to = block * k->pixels * st_width + start;
    if (first + st_width > channels)
      clear_pixels(st_mutable_element_at(k->y, to, element), part.count, element);
    for (size_t l = 0; l < st_width && first + l < channels; l++) {
      size_t c = first + l;
      if (c < k->a_channels)
        copy_channel(k->y, to + l, k->a, place(n, c, k->a_channels, k->pixels) + start, part.count,
                     element);
      else
        copy_channel(k->y, to + l, k->b, place(n, c - k->a_channels, b_channels, k->pixels) + start,
                     part.count, element);
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
  size_t channels = k->s.channels;
  for (size_t unit = begin; unit < end; unit++) {
    size_t n = unit / k->pieces;
    struct piece piece = piece_at(unit % k->pieces, k->pixels);
    size_t start = piece.first * st_width;
    for (int half = 0; half < 2; half++) {
      void *part = half ? k->z : k->y;
      size_t offset = half ? k->a_channels : 0, count = half ? channels - offset : k->a_channels;
      for (size_t c = 0; c < count; c++) {
        size_t to = place(n, c, count, k->pixels) + start;
        if (c % st_width == 0 && c + st_width > count)
          clear_pixels(st_mutable_element_at(part, to, element), piece.count, element);
        copy_channel(part, to, k->a, place(n, c + offset, channels, k->pixels) + start, piece.count,
                     element);
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
  size_t r = k->factor, channels = k->s.channels;
  size_t height = k->s.height / r, width = k->s.width / r, pixels = k->s.height * k->s.width;
  for (size_t unit = begin; unit < end; unit++) {
    size_t block = unit / k->pieces, n = block / k->blocks, first = block % k->blocks * st_width;
    struct piece part = piece_at(unit % k->pieces, height * width);
    size_t packed = (block * height * width + part.first) * st_width;
    if (k->unshuffles && first + st_width > channels * r * r)
      clear_pixels(st_mutable_element_at(k->y, packed, element), part.count, element);
    for (size_t l = 0; l < st_width && first + l < channels * r * r; l++) {
      size_t deep = first + l, c = deep / (r * r), i = deep / r % r, j = deep % r;
      size_t plain = place(n, c, channels, pixels);
      size_t row = part.first / width, column = part.first % width;
      for (size_t p = 0; p < part.count; p++) {
        size_t a = packed + p * st_width + l;
        size_t b = plain + ((row * r + i) * k->s.width + column * r + j) * st_width;
        float v = st_load_element(k->x, k->unshuffles ? b : a, element);
        st_store_element(k->y, k->unshuffles ? a : b, v, element);
        if (++column == width) row++, column = 0;
      }
    }
  }
}

static void shuffle(void *y, const void *x, size_t factor, const struct st_images *s,
                    int unshuffles) {
  size_t blocks = st_divide_up(s->channels * factor * factor, st_width);
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
    size_t first = (unit / k->pieces * k->pixels + part.first) * st_width;
    clear_pixels(st_mutable_element_at(k->y, first, element), part.count, element);
  }
}

void st_pixel_shuffle(void *y, const void *x, size_t factor, const struct st_images *s) {
  // The lanes past the channels, which nothing is moved to.
  struct arguments k = arguments(y, NULL, NULL, NULL, 0, s);
  if (s->channels % st_width)
    st_parallel(s->images * k.blocks * k.pieces, &k, clear_task(s->element));
  shuffle(y, x, factor, s, 0);
}

ST_IMAGE_TASK(upsample) {
  const struct arguments *k = context;
  size_t bytes = st_width * st_element_size(element); // of a pixel
  size_t height = k->s.height, width = k->s.width;
  for (size_t unit = begin; unit < end; unit++)
    for (size_t row = 0; row < height; row++) {
      const char *x = (const char *)k->a + (unit * height + row) * width * bytes;
      char *y = (char *)k->y + (unit * height + row) * 4 * width * bytes;
      for (size_t column = 0; column < width; column++) {
        memcpy(y + 2 * column * bytes, x + column * bytes, bytes);
        memcpy(y + (2 * column + 1) * bytes, x + column * bytes, bytes);
      }
      memcpy(y + 2 * width * bytes, y, 2 * width * bytes);
    }
}

void st_upsample_forward(void *y, const void *x, const struct st_images *s) {
  struct arguments k = arguments(y, NULL, x, NULL, 0, s);
  st_parallel(s->images * k.blocks, &k, upsample_task(s->element));
}

ST_IMAGE_TASK(upsample_backward) {
  const struct arguments *k = context;
  size_t height = k->s.height, width = k->s.width;
  for (size_t unit = begin; unit < end; unit++)
    for (size_t row = 0; row < height; row++) {
      size_t above = (unit * height + row) * 4 * width * st_width;
      size_t below = above + 2 * width * st_width;
      for (size_t column = 0; column < width; column++) {
        size_t left = 2 * column * st_width, right = left + st_width;
        st_vector sum = st_load_elements(k->a, above + left, st_width, element);
        sum += st_load_elements(k->a, above + right, st_width, element);
        sum += st_load_elements(k->a, below + left, st_width, element);
        sum += st_load_elements(k->a, below + right, st_width, element);
        size_t pixel = (unit * height + row) * width + column;
        st_store_elements(k->y, pixel * st_width, sum, st_width, element);
      }
    }
}

void st_upsample_backward(void *dx, const void *dy, const struct st_images *s) {
  struct arguments k = arguments(dx, NULL, dy, NULL, 0, s);
  st_parallel(s->images * k.blocks, &k, upsample_backward_task(s->element));
}
