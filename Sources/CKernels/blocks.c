#include "pointwise.h"

#include "philox.h"
#include "vector.h"

// Loops over the blocks of channels of images (vector.h), a block of an image at a time.

struct arguments {
  void *y;
  const void *x, *target;
  const float *shift, *weights;
  float *sums;
  size_t channels, pixels, lanes, blocks;
  float scale, rate;
  uint64_t seed;
  uint32_t step, first_image, stream;
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
                        .blocks = (channels + lanes - 1) / lanes};
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
                        .blocks = (channels + lanes - 1) / lanes};
  st_parallel(images * k.blocks, &k, sum_pixels_task(element));
}

ST_IMAGE_TASK(dropout) {
  const struct arguments *k = context;
  size_t size = k->pixels * k->lanes;
  // Kept where the 32 random bits are at least rate * 2^32.
  uint32_t limit = (uint32_t)((double)k->rate * 4294967296.0);
  for (size_t unit = begin; unit < end; unit++) {
    size_t n = unit / k->blocks, first = unit % k->blocks * k->lanes;
    const void *x = st_element_at(k->x, unit * size, element);
    void *y = st_mutable_element_at(k->y, unit * size, element);
    for (size_t l = 0; l < k->lanes; l++) {
      size_t c = first + l;
      if (c >= k->channels) {
        for (size_t p = 0; p < k->pixels; p++) st_store_element(y, p * k->lanes + l, 0, element);
        continue;
      }
      for (size_t p = 0; p < k->pixels;) {
        size_t number = c * k->pixels + p;
        st_random_stream stream = {k->seed, k->step, k->first_image + (uint32_t)n, k->stream};
        st_philox_block random = st_philox4x32_10((uint32_t)(number / 4), stream);
        for (size_t word = number % 4; word < 4 && p < k->pixels; word++, p++) {
          size_t i = p * k->lanes + l;
          float kept = st_load_element(x, i, element) * k->scale;
          st_store_element(y, i, random.word[word] >= limit ? kept : 0, element);
        }
      }
    }
  }
}

void st_dropout(void *y, const void *x, float rate, uint64_t seed, uint32_t step,
                uint32_t first_image, uint32_t stream, size_t images, size_t channels,
                size_t pixels, size_t lanes, st_element element) {
  struct arguments k = {.y = y,
                        .x = x,
                        .channels = channels,
                        .pixels = pixels,
                        .lanes = lanes,
                        .blocks = (channels + lanes - 1) / lanes,
                        .rate = rate,
                        .scale = 1 / (1 - rate),
                        .seed = seed,
                        .step = step,
                        .first_image = first_image,
                        .stream = stream};
  st_parallel(images * k.blocks, &k, dropout_task(element));
}

ST_IMAGE_TASK(squared_error) {
  const struct arguments *k = context;
  size_t size = k->pixels * k->lanes * k->blocks;
  for (size_t n = begin; n < end; n++) {
    const void *x = st_element_at(k->x, n * size, element);
    const void *target = st_element_at(k->target, n * size, element);
    void *dy = k->y ? st_mutable_element_at(k->y, n * size, element) : NULL;
    float weight = k->weights ? k->weights[n] : 1, scale = weight * k->scale;
    double total = 0;
    for (size_t i = 0; i < size;) {
      size_t last = i + 4096 < size ? i + 4096 : size;
      st_vector sum = {0};
      for (; i < last; i += st_width) {
        size_t count = last - i < st_width ? last - i : st_width;
        st_vector d =
            st_load_elements(x, i, count, element) - st_load_elements(target, i, count, element);
        sum += d * d;
        if (dy) st_store_elements(dy, i, d * scale, count, element);
      }
      i = last;
      for (int l = 0; l < st_width; l++) total += sum[l];
    }
    k->sums[n] = (float)(weight * total / (double)(k->channels * k->pixels));
  }
}

void st_mean_squared_error(float *losses, void *dy, const void *y, const void *target,
                           const float *weights, float scale, size_t images, size_t channels,
                           size_t pixels, size_t lanes, st_element element) {
  struct arguments k = {.y = dy,
                        .sums = losses,
                        .x = y,
                        .target = target,
                        .weights = weights,
                        .channels = channels,
                        .pixels = pixels,
                        .lanes = lanes,
                        .blocks = (channels + lanes - 1) / lanes,
                        .scale = scale * 2 / (float)(channels * pixels)};
  st_parallel(images, &k, squared_error_task(element));
}
