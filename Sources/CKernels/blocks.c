#include "pointwise.h"

#include "vector.h"

// Loops over the blocks of channels of images (vector.h), a block of an image at a time.

struct arguments {
  void *y;
  const void *x;
  const float *shift;
  float *sums;
  size_t channels, pixels, lanes, blocks;
};

ST_IMAGE_TASK(add_shift) {
  const struct arguments *k = context;
  size_t size = k->pixels * k->lanes;
  for (size_t unit = begin; unit < end; unit++) {
    size_t n = unit / k->blocks, first = unit % k->blocks * k->lanes;
    float values[st_width];
    for (size_t l = 0; l < st_width; l++) {
      size_t c = first + l % k->lanes;
      values[l] = c < k->channels ? k->shift[n * k->channels + c] : 0;
    }
    st_vector shift = st_load(values);
    const void *x = st_element_at(k->x, unit * size, element);
    void *y = st_mutable_element_at(k->y, unit * size, element);
    size_t i = 0;
    for (; i + st_width <= size; i += st_width)
      st_store_elements(y, i, st_load_elements(x, i, st_width, element) + shift, st_width, element);
    if (i < size)
      st_store_elements(y, i, st_load_elements(x, i, size - i, element) + shift, size - i, element);
  }
}

void st_add_shift(void *y, const void *x, const float *shift, size_t images, size_t channels,
                  size_t pixels, size_t lanes, st_element element) {
  struct arguments k = {.y = y,
                        .x = x,
                        .shift = shift,
                        .channels = channels,
                        .pixels = pixels,
                        .lanes = lanes,
                        .blocks = st_divide_up(channels, lanes)};
  st_parallel(images * k.blocks, &k, add_shift_task(element));
}

ST_IMAGE_TASK(sum_pixels) {
  const struct arguments *k = context;
  size_t size = k->pixels * k->lanes;
  for (size_t unit = begin; unit < end; unit++) {
    size_t n = unit / k->blocks, first = unit % k->blocks * k->lanes, i = 0;
    const void *x = st_element_at(k->x, unit * size, element);
    st_vector sum = {0};
    for (; i + st_width <= size; i += st_width) sum += st_load_elements(x, i, st_width, element);
    if (i < size) sum += st_load_elements(x, i, size - i, element);
    for (size_t l = 0; l < k->lanes && first + l < k->channels; l++) {
      float total = 0;
      for (size_t m = l; m < st_width; m += k->lanes) total += sum[m];
      k->sums[n * k->channels + first + l] = total;
    }
  }
}

void st_sum_pixels(float *sums, const void *x, size_t images, size_t channels, size_t pixels,
                   size_t lanes, st_element element) {
  struct arguments k = {.sums = sums,
                        .x = x,
                        .channels = channels,
                        .pixels = pixels,
                        .lanes = lanes,
                        .blocks = st_divide_up(channels, lanes)};
  st_parallel(images * k.blocks, &k, sum_pixels_task(element));
}
