#include "image_sums.h"
#include "pointwise.h"

enum { strip = 4096, least_piece = 4 * strip }; // elements

struct arguments {
  struct image_sums sums;
  void *dy;
  const void *y, *target;
  const float *weights;
  float scale;
};

ST_IMAGE_TASK(squared_error) {
  const struct arguments *k = context;
  for (size_t unit = begin; unit < end; unit++) {
    struct image_piece piece = image_piece_at(&k->sums, unit);
    size_t first = piece.image * k->sums.length;
    const void *y = st_element_at(k->y, first, element);
    const void *target = st_element_at(k->target, first, element);
    void *dy = k->dy ? st_mutable_element_at(k->dy, first, element) : NULL;
    float scale = (k->weights ? k->weights[piece.image] : 1) * k->scale;
    double total = 0;
    for (size_t i = piece.begin; i < piece.end;) {
      size_t last = i + strip < piece.end ? i + strip : piece.end;
      st_vector sum = {0};
      for (; i < last; i += st_width) {
        st_vector d = st_load_elements(y, i, st_width, element) -
                      st_load_elements(target, i, st_width, element);
        sum += d * d;
        if (dy) st_store_elements(dy, i, d * scale, st_width, element);
      }
      for (int l = 0; l < st_width; l++) total += sum[l];
    }
    k->sums.sums[unit] = total;
  }
}

void st_mean_squared_error(float *losses, void *dy, const void *y, const void *target,
                           const float *weights, float scale, size_t images, size_t channels,
                           size_t pixels, st_element element) {
  size_t count = channels * pixels;
  struct arguments k = {
      .dy = dy, .y = y, .target = target, .weights = weights, .scale = scale * 2 / (float)count};
  size_t length = st_divide_up(channels, st_width) * st_width * pixels;
  sum_images(losses, weights, (double)count, images, length, least_piece, &k.sums, &k,
             squared_error_task(element));
}
