#include "pointwise.h"

#include "vector.h"

// Loops over the blocks of channels of images (vector.h), a block of an image at a time.

struct arguments {
  void *y;
  const void *x;
  const float *shift;
  float *sums;
  size_t channels, pixels, blocks;
};

ST_IMAGE_TASK(add_shift) {
  const struct arguments *k = context;
  size_t size = k->pixels * st_width;
  for (size_t unit = begin; unit < end; unit++) {
    size_t n = unit / k->blocks, first = unit % k->blocks * st_width;
    size_t left = k->channels - first, count = left < st_width ? left : st_width;
    st_vector shift = st_load_elements(k->shift + n * k->channels, first, count, st_float32);
    const void *x = st_element_at(k->x, unit * size, element);
    void *y = st_mutable_element_at(k->y, unit * size, element);
    for (size_t i = 0; i < size; i += st_width)
      st_store_elements(y, i, st_load_elements(x, i, st_width, element) + shift, st_width, element);
  }
}

void st_add_shift(void *y, const void *x, const float *shift, size_t images, size_t channels,
                  size_t pixels, st_element element) {
  struct arguments k = {.y = y,
                        .x = x,
                        .shift = shift,
                        .channels = channels,
                        .pixels = pixels,
                        .blocks = st_divide_up(channels, st_width)};
  st_parallel(images * k.blocks, &k, add_shift_task(element));
}

ST_IMAGE_TASK(sum_pixels) {
  const struct arguments *k = context;
  size_t size = k->pixels * st_width;
  for (size_t unit = begin; unit < end; unit++) {
    size_t n = unit / k->blocks, first = unit % k->blocks * st_width;
    const void *x = st_element_at(k->x, unit * size, element);
    st_vector sum = {0};
    for (size_t i = 0; i < size; i += st_width) sum += st_load_elements(x, i, st_width, element);
    for (size_t l = 0; l < st_width && first + l < k->channels; l++)
      k->sums[n * k->channels + first + l] = sum[l];
  }
}

void st_sum_pixels(float *sums, const void *x, size_t images, size_t channels, size_t pixels,
                   st_element element) {
  struct arguments k = {.sums = sums,
                        .x = x,
                        .channels = channels,
                        .pixels = pixels,
                        .blocks = st_divide_up(channels, st_width)};
  st_parallel(images * k.blocks, &k, sum_pixels_task(element));
}
