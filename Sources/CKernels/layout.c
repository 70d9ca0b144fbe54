#include "layout.h"

#include "vector.h"

// Moves of data between layouts and resolutions.

struct arguments {
  void *y, *z;
  const void *a, *b;
  size_t a_channels, blocks, pixels;
  struct st_images s;
};

static struct arguments arguments(void *y, void *z, const void *a, const void *b, size_t a_channels,
                                  const struct st_images *s) {
  return (struct arguments){
      y, z, a, b, a_channels, (s->channels + s->lanes - 1) / s->lanes, s->height * s->width, *s};
}

ST_IMAGE_TASK(to_blocks) {
  const struct arguments *k = context;
  size_t lanes = k->s.lanes;
  for (size_t unit = begin; unit < end; unit++) {
    size_t n = unit / k->blocks, first = unit % k->blocks * lanes;
    void *y = st_mutable_element_at(k->y, unit * k->pixels * lanes, element);
    for (size_t l = 0; l < lanes; l++) {
      const float *x = (const float *)k->a + (n * k->s.channels + first + l) * k->pixels;
      int real = first + l < k->s.channels;
      for (size_t p = 0; p < k->pixels; p++)
        st_store_element(y, p * lanes + l, real ? x[p] : 0, element);
    }
  }
}

void st_to_blocks(void *y, const float *x, const struct st_images *s) {
  struct arguments k = arguments(y, NULL, x, NULL, 0, s);
  st_parallel(s->images * k.blocks, &k, to_blocks_task(s->element));
}

ST_IMAGE_TASK(from_blocks) {
  const struct arguments *k = context;
  size_t lanes = k->s.lanes;
  for (size_t unit = begin; unit < end; unit++) {
    size_t n = unit / k->blocks, first = unit % k->blocks * lanes;
    const void *x = st_element_at(k->a, unit * k->pixels * lanes, element);
    for (size_t l = 0; l < lanes && first + l < k->s.channels; l++) {
      float *y = (float *)k->y + (n * k->s.channels + first + l) * k->pixels;
      for (size_t p = 0; p < k->pixels; p++) y[p] = st_load_element(x, p * lanes + l, element);
    }
  }
}

void st_from_blocks(float *y, const void *x, const struct st_images *s) {
  struct arguments k = arguments(y, NULL, x, NULL, 0, s);
  st_parallel(s->images * k.blocks, &k, from_blocks_task(s->element));
}

/// Where channel c of image n begins, and the step from pixel to pixel is `lanes`.
ST_INLINE size_t place(size_t n, size_t c, size_t channels, size_t pixels, size_t lanes) {
  size_t blocks = (channels + lanes - 1) / lanes;
  return (n * blocks + c / lanes) * pixels * lanes + c % lanes;
}

/// One lane of a block; zeros where x is null.
ST_INLINE void copy_channel(void *y, const void *x, size_t pixels, size_t lanes,
                            st_element element) {
  for (size_t p = 0; p < pixels; p++)
    st_store_element(y, p * lanes, x ? st_load_element(x, p * lanes, element) : 0, element);
}

ST_IMAGE_TASK(concatenate) {
  const struct arguments *k = context;
  size_t lanes = k->s.lanes, channels = k->s.channels, b_channels = channels - k->a_channels;
  for (size_t unit = begin; unit < end; unit++) {
    size_t n = unit / k->blocks, first = unit % k->blocks * lanes;
    for (size_t l = 0; l < lanes; l++) {
      size_t c = first + l;
      void *y = st_mutable_element_at(k->y, unit * k->pixels * lanes + l, element);
      const void *x = NULL;
      if (c < k->a_channels)
        x = st_element_at(k->a, place(n, c, k->a_channels, k->pixels, lanes), element);
      else if (c < channels)
        x = st_element_at(k->b, place(n, c - k->a_channels, b_channels, k->pixels, lanes), element);
      copy_channel(y, x, k->pixels, lanes, element);
    }
  }
}

void st_concatenate(void *y, const void *a, const void *b, size_t a_channels,
                    const struct st_images *s) {
  struct arguments k = arguments(y, NULL, a, b, a_channels, s);
  st_parallel(s->images * k.blocks, &k, concatenate_task(s->element));
}

ST_IMAGE_TASK(split) {
  const struct arguments *k = context;
  size_t lanes = k->s.lanes, channels = k->s.channels;
  for (size_t n = begin; n < end; n++)
    for (int half = 0; half < 2; half++) {
      void *part = half ? k->z : k->y;
      size_t offset = half ? k->a_channels : 0, count = half ? channels - offset : k->a_channels;
      for (size_t c = 0; c < (count + lanes - 1) / lanes * lanes; c++) {
        size_t from = place(n, c + offset, channels, k->pixels, lanes);
        copy_channel(st_mutable_element_at(part, place(n, c, count, k->pixels, lanes), element),
                     c < count ? st_element_at(k->a, from, element) : NULL, k->pixels, lanes,
                     element);
      }
    }
}

void st_split(void *a, void *b, const void *x, size_t a_channels, const struct st_images *s) {
  struct arguments k = arguments(a, b, x, NULL, a_channels, s);
  st_parallel(s->images, &k, split_task(s->element));
}

// A pixel shuffle goes through the image with fewer pixels and more channels, whichever it makes.
struct shuffle_arguments {
  void *y;
  const void *x;
  size_t factor, blocks; // of the side with more channels
  struct st_images s;    // the side with fewer
  int unshuffles;
};

ST_IMAGE_TASK(shuffle) {
  const struct shuffle_arguments *k = context;
  size_t lanes = k->s.lanes, r = k->factor, channels = k->s.channels;
  size_t height = k->s.height / r, width = k->s.width / r, pixels = k->s.height * k->s.width;
  for (size_t unit = begin; unit < end; unit++) {
    size_t n = unit / k->blocks, first = unit % k->blocks * lanes;
    for (size_t l = 0; l < lanes; l++) {
      size_t deep = first + l, c = deep / (r * r), i = deep / r % r, j = deep % r;
      size_t packed = unit * height * width * lanes + l;
      if (c >= channels) {
        for (size_t p = 0; k->unshuffles && p < height * width; p++)
          st_store_element(k->y, packed + p * lanes, 0, element);
        continue;
      }
      size_t plain = place(n, c, channels, pixels, lanes);
      for (size_t p = 0; p < height * width; p++) {
        size_t row = p / width * r + i, column = p % width * r + j;
        size_t a = packed + p * lanes, b = plain + (row * k->s.width + column) * lanes;
        float v = st_load_element(k->x, k->unshuffles ? b : a, element);
        st_store_element(k->y, k->unshuffles ? a : b, v, element);
      }
    }
  }
}

static void shuffle(void *y, const void *x, size_t factor, const struct st_images *s,
                    int unshuffles) {
  size_t blocks = (s->channels * factor * factor + s->lanes - 1) / s->lanes;
  struct shuffle_arguments k = {y, x, factor, blocks, *s, unshuffles};
  st_parallel(s->images * blocks, &k, shuffle_task(s->element));
}

void st_pixel_unshuffle(void *y, const void *x, size_t factor, const struct st_images *s) {
  shuffle(y, x, factor, s, 1);
}

ST_IMAGE_TASK(clear) {
  const struct arguments *k = context;
  size_t lanes = k->s.lanes;
  for (size_t unit = begin; unit < end; unit++)
    for (size_t l = 0; l < lanes; l++)
      copy_channel(st_mutable_element_at(k->y, unit * k->pixels * lanes + l, element), NULL,
                   k->pixels, lanes, element);
}

void st_pixel_shuffle(void *y, const void *x, size_t factor, const struct st_images *s) {
  // The lanes past the channels, which nothing is moved to.
  struct arguments k = arguments(y, NULL, NULL, NULL, 0, s);
  st_parallel(s->images * k.blocks, &k, clear_task(s->element));
  shuffle(y, x, factor, s, 0);
}

ST_TASK(upsample) {
  const struct arguments *k = context;
  size_t bytes = k->s.lanes * st_element_size(k->s.element); // of a pixel, a multiple of 32
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
