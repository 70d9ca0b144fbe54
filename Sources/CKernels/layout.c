#include "layout.h"

#include "parallel.h"
#include "vector.h"

// Moves of data between layouts and resolutions.

struct arguments {
  float *y, *z;
  const float *a, *b;
  size_t a_channels, blocks, pixels;
  struct st_images s;
};

static struct arguments arguments(float *y, float *z, const float *a, const float *b,
                                  size_t a_channels, const struct st_images *s) {
  return (struct arguments){
      y, z, a, b, a_channels, (s->channels + s->lanes - 1) / s->lanes, s->height * s->width, *s};
}

ST_TASK(to_blocks) {
  const struct arguments *k = context;
  size_t lanes = k->s.lanes;
  for (size_t unit = begin; unit < end; unit++) {
    size_t n = unit / k->blocks, first = unit % k->blocks * lanes;
    float *y = k->y + unit * k->pixels * lanes;
    for (size_t l = 0; l < lanes; l++) {
      const float *x = k->a + (n * k->s.channels + first + l) * k->pixels;
      int real = first + l < k->s.channels;
      for (size_t p = 0; p < k->pixels; p++) y[p * lanes + l] = real ? x[p] : 0;
    }
  }
}

void st_to_blocks(float *y, const float *x, const struct st_images *s) {
  struct arguments k = arguments(y, NULL, x, NULL, 0, s);
  st_parallel(s->images * k.blocks, &k, to_blocks_task);
}

ST_TASK(from_blocks) {
  const struct arguments *k = context;
  size_t lanes = k->s.lanes;
  for (size_t unit = begin; unit < end; unit++) {
    size_t n = unit / k->blocks, first = unit % k->blocks * lanes;
    const float *x = k->a + unit * k->pixels * lanes;
    for (size_t l = 0; l < lanes && first + l < k->s.channels; l++) {
      float *y = k->y + (n * k->s.channels + first + l) * k->pixels;
      for (size_t p = 0; p < k->pixels; p++) y[p] = x[p * lanes + l];
    }
  }
}

void st_from_blocks(float *y, const float *x, const struct st_images *s) {
  struct arguments k = arguments(y, NULL, x, NULL, 0, s);
  st_parallel(s->images * k.blocks, &k, from_blocks_task);
}

/// Where channel c of image n begins, and the step from pixel to pixel is `lanes`.
ST_INLINE size_t place(size_t n, size_t c, size_t channels, size_t pixels, size_t lanes) {
  size_t blocks = (channels + lanes - 1) / lanes;
  return (n * blocks + c / lanes) * pixels * lanes + c % lanes;
}

ST_TASK(concatenate) {
  const struct arguments *k = context;
  size_t lanes = k->s.lanes, channels = k->s.channels, b_channels = channels - k->a_channels;
  for (size_t unit = begin; unit < end; unit++) {
    size_t n = unit / k->blocks, first = unit % k->blocks * lanes;
    for (size_t l = 0; l < lanes; l++) {
      size_t c = first + l;
      float *y = k->y + unit * k->pixels * lanes + l;
      const float *x = NULL;
      if (c < k->a_channels)
        x = k->a + place(n, c, k->a_channels, k->pixels, lanes);
      else if (c < channels)
        x = k->b + place(n, c - k->a_channels, b_channels, k->pixels, lanes);
      for (size_t p = 0; p < k->pixels; p++) y[p * lanes] = x ? x[p * lanes] : 0;
    }
  }
}

void st_concatenate(float *y, const float *a, const float *b, size_t a_channels,
                    const struct st_images *s) {
  struct arguments k = arguments(y, NULL, a, b, a_channels, s);
  st_parallel(s->images * k.blocks, &k, concatenate_task);
}

ST_TASK(split) {
  const struct arguments *k = context;
  size_t lanes = k->s.lanes, channels = k->s.channels;
  for (size_t n = begin; n < end; n++)
    for (int half = 0; half < 2; half++) {
      float *part = half ? k->z : k->y;
      size_t offset = half ? k->a_channels : 0, count = half ? channels - offset : k->a_channels;
      if (!part) continue;
      for (size_t c = 0; c < (count + lanes - 1) / lanes * lanes; c++) {
        float *y = part + place(n, c, count, k->pixels, lanes);
        const float *x = k->a + (c < count ? place(n, c + offset, channels, k->pixels, lanes) : 0);
        for (size_t p = 0; p < k->pixels; p++) y[p * lanes] = c < count ? x[p * lanes] : 0;
      }
    }
}

void st_split(float *a, float *b, const float *x, size_t a_channels, const struct st_images *s) {
  struct arguments k = arguments(a, b, x, NULL, a_channels, s);
  st_parallel(s->images, &k, split_task);
}

ST_TASK(upsample) {
  const struct arguments *k = context;
  size_t lanes = k->s.lanes, height = k->s.height, width = k->s.width;
  for (size_t unit = begin; unit < end; unit++)
    for (size_t row = 0; row < height; row++) {
      const float *x = k->a + (unit * height + row) * width * lanes;
      float *y = k->y + (unit * height + row) * 4 * width * lanes;
      for (size_t column = 0; column < width; column++)
        for (size_t l = 0; l < lanes; l += 8) {
          float v[8];
          memcpy(v, x + column * lanes + l, sizeof v);
          memcpy(y + 2 * column * lanes + l, v, sizeof v);
          memcpy(y + (2 * column + 1) * lanes + l, v, sizeof v);
        }
      memcpy(y + 2 * width * lanes, y, 2 * width * lanes * sizeof(float));
    }
}

void st_upsample_forward(float *y, const float *x, const struct st_images *s) {
  struct arguments k = arguments(y, NULL, x, NULL, 0, s);
  st_parallel(s->images * k.blocks, &k, upsample_task);
}

ST_TASK(upsample_backward) {
  const struct arguments *k = context;
  size_t lanes = k->s.lanes, height = k->s.height, width = k->s.width;
  for (size_t unit = begin; unit < end; unit++)
    for (size_t row = 0; row < height; row++) {
      const float *dy = k->a + (unit * height + row) * 4 * width * lanes;
      const float *below = dy + 2 * width * lanes;
      float *dx = k->y + (unit * height + row) * width * lanes;
      for (size_t column = 0; column < width; column++)
        for (size_t l = 0; l < lanes; l += 8) {
          size_t left = 2 * column * lanes + l, right = left + lanes;
          float sum[8];
          for (int i = 0; i < 8; i++)
            sum[i] = dy[left + i] + dy[right + i] + below[left + i] + below[right + i];
          memcpy(dx + column * lanes + l, sum, sizeof sum);
        }
    }
}

void st_upsample_backward(float *dx, const float *dy, const struct st_images *s) {
  struct arguments k = arguments(dx, NULL, dy, NULL, 0, s);
  st_parallel(s->images * k.blocks, &k, upsample_backward_task);
}
