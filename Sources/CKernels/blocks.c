#include "pointwise.h"

#include "parallel.h"
#include "philox.h"
#include "vector.h"

// Loops over the blocks of channels of images (vector.h), a block of an image at a time.

struct arguments {
  float *y, *sums;
  const float *x, *shift;
  size_t channels, pixels, lanes, blocks;
  float scale, rate;
  uint64_t seed;
  uint32_t step, first_image, stream;
};

ST_TASK(add_shift) {
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
    const float *x = k->x + unit * size;
    float *y = k->y + unit * size;
    size_t i = 0;
    for (; i + st_width <= size; i += st_width) st_store(y + i, st_load(x + i) + shift);
    if (i < size) st_store_part(y + i, st_load_part(x + i, size - i) + shift, size - i);
  }
}

void st_add_shift(float *y, const float *x, const float *shift, size_t images, size_t channels,
                  size_t pixels, size_t lanes) {
  struct arguments k = {.y = y, .x = x, .shift = shift, .channels = channels, .pixels = pixels,
                        .lanes = lanes, .blocks = (channels + lanes - 1) / lanes};
  st_parallel(images * k.blocks, &k, add_shift_task);
}

ST_TASK(sum_pixels) {
  const struct arguments *k = context;
  size_t size = k->pixels * k->lanes;
  for (size_t unit = begin; unit < end; unit++) {
    size_t n = unit / k->blocks, first = unit % k->blocks * k->lanes, i = 0;
    const float *x = k->x + unit * size;
    st_vector sum = {0};
    for (; i + st_width <= size; i += st_width) sum += st_load(x + i);
    if (i < size) sum += st_load_part(x + i, size - i);
    for (size_t l = 0; l < k->lanes && first + l < k->channels; l++) {
      float total = 0;
      for (size_t m = l; m < st_width; m += k->lanes) total += sum[m];
      k->sums[n * k->channels + first + l] = total;
    }
  }
}

void st_sum_pixels(float *sums, const float *x, size_t images, size_t channels, size_t pixels,
                   size_t lanes) {
  struct arguments k = {.sums = sums, .x = x, .channels = channels, .pixels = pixels,
                        .lanes = lanes, .blocks = (channels + lanes - 1) / lanes};
  st_parallel(images * k.blocks, &k, sum_pixels_task);
}

ST_TASK(dropout) {
  const struct arguments *k = context;
  size_t size = k->pixels * k->lanes;
  // Kept where the 32 random bits are at least rate * 2^32.
  uint32_t limit = (uint32_t)((double)k->rate * 4294967296.0);
  for (size_t unit = begin; unit < end; unit++) {
    size_t n = unit / k->blocks, first = unit % k->blocks * k->lanes;
    const float *x = k->x + unit * size;
    float *y = k->y + unit * size;
    for (size_t l = 0; l < k->lanes; l++) {
      size_t c = first + l;
      if (c >= k->channels) {
        for (size_t p = 0; p < k->pixels; p++) y[p * k->lanes + l] = 0;
        continue;
      }
      for (size_t p = 0; p < k->pixels;) {
        size_t element = c * k->pixels + p;
        st_random_stream stream = {k->seed, k->step, k->first_image + (uint32_t)n, k->stream};
        st_philox_block random = st_philox4x32_10((uint32_t)(element / 4), stream);
        for (size_t word = element % 4; word < 4 && p < k->pixels; word++, p++)
          y[p * k->lanes + l] = random.word[word] >= limit ? x[p * k->lanes + l] * k->scale : 0;
      }
    }
  }
}

void st_dropout(float *y, const float *x, float rate, uint64_t seed, uint32_t step,
                uint32_t first_image, uint32_t stream, size_t images, size_t channels,
                size_t pixels, size_t lanes) {
  struct arguments k = {.y = y, .x = x, .channels = channels, .pixels = pixels, .lanes = lanes,
                        .blocks = (channels + lanes - 1) / lanes, .rate = rate,
                        .scale = 1 / (1 - rate), .seed = seed, .step = step,
                        .first_image = first_image, .stream = stream};
  st_parallel(images * k.blocks, &k, dropout_task);
}

ST_TASK(squared_error) {
  const struct arguments *k = context;
  size_t size = k->pixels * k->lanes * k->blocks;
  for (size_t n = begin; n < end; n++) {
    const float *x = k->x + n * size, *target = k->shift + n * size;
    double total = 0;
    for (size_t i = 0; i < size;) {
      size_t last = i + 4096 < size ? i + 4096 : size;
      st_vector sum = {0};
      for (; i < last; i += st_width) {
        size_t part = last - i < st_width ? last - i : st_width;
        st_vector d = part == st_width ? st_load(x + i) - st_load(target + i)
                                       : st_load_part(x + i, part) - st_load_part(target + i, part);
        sum += d * d;
        if (!k->y) continue;
        if (part == st_width)
          st_store(k->y + n * size + i, d * k->scale);
        else
          st_store_part(k->y + n * size + i, d * k->scale, part);
      }
      i = last;
      for (int l = 0; l < st_width; l++) total += sum[l];
    }
    k->sums[n] = (float)(total / (double)(k->channels * k->pixels));
  }
}

void st_mean_squared_error(float *losses, float *dy, const float *y, const float *target,
                           float scale, size_t images, size_t channels, size_t pixels,
                           size_t lanes) {
  struct arguments k = {.y = dy, .sums = losses, .x = y, .shift = target, .channels = channels,
                        .pixels = pixels, .lanes = lanes,
                        .blocks = (channels + lanes - 1) / lanes,
                        .scale = scale * 2 / (float)(channels * pixels)};
  st_parallel(images, &k, squared_error_task);
}
