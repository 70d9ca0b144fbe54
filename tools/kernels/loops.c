#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "group_norm.h"
#include "inner_products.h"
#include "layer_norm.h"
#include "layout.h"
#include "linear.h"
#include "optimizer.h"
#include "philox.h"
#include "pointwise.h"

// Loops that are compiled for each instruction set: what one computes against what the least does, which differs by
// fused multiply-adds alone; and bytes that are promised to be the same on all.

enum { images = 2, channels = 40, height = 9, width = 7, pixels = height * width, groups = 8 };
enum { results_of_images = 8, results_of_numbers = 11 };

/// All that loops compute of fixed inputs.
struct results {
  struct tensor images[results_of_images];
  float *numbers[results_of_numbers];
  size_t counts[results_of_numbers];
};

static void compute(struct results *r, st_element element) {
  struct tensor a = make_tensor(images, channels, height, width, element, 1);
  struct tensor b = make_tensor(images, channels, height, width, element, 2);
  for (int i = 0; i < results_of_images; i++)
    r->images[i] = make_tensor(images, channels, height, width, element, 0);
  const size_t counts[results_of_numbers] = {images * channels,
                                             images,
                                             images * groups * 2,
                                             images * channels,
                                             images * channels * 2,
                                             6 * 70,
                                             1001,
                                             1001,
                                             12,
                                             70 * 50,
                                             6 * 50};
  for (int i = 0; i < results_of_numbers; i++) {
    r->counts[i] = counts[i];
    r->numbers[i] = random_numbers(counts[i], 20 + (uint32_t)i);
  }
  float *shift = random_numbers(images * channels, 3), *weight = random_numbers(channels, 4),
        *bias = random_numbers(channels, 5);
  size_t count = tensor_bytes(&a) / (element == st_bfloat16 ? 2 : 4);

  st_silu_forward(r->images[0].blocks, a.blocks, count, element);
  st_silu_backward(r->images[1].blocks, b.blocks, a.blocks, count, element);
  st_add(r->images[2].blocks, a.blocks, b.blocks, count, element);
  st_add_shift(r->images[2].blocks, r->images[2].blocks, shift, images, channels, pixels, element);
  st_sum_pixels(r->numbers[0], a.blocks, images, channels, pixels, element);
  st_dropout(r->images[3].blocks, a.blocks, 0.3f, 11, 4, 5, 6, images, channels, pixels, element);
  st_mean_squared_error(r->numbers[1], r->images[4].blocks, a.blocks, b.blocks, NULL, 1, images,
                        channels, pixels, element);
  struct st_group_norm sizes = {images, pixels, channels, channels, groups, 1e-5f, 1, element};
  const void *const none[2] = {NULL, NULL};
  st_group_norm_forward(r->images[5].blocks, r->numbers[2], a.blocks, NULL, shift, weight, bias,
                        &sizes);
  st_group_norm_backward(r->images[6].blocks, NULL, r->numbers[3], r->numbers[4], NULL, b.blocks,
                         a.blocks, NULL, shift, r->numbers[2], weight, bias, none, none, &sizes);
  st_layer_norm_forward(r->images[7].blocks, a.blocks, NULL, shift, weight, bias, &sizes);

  float *x = random_numbers(6 * 50, 6), *w = random_numbers(70 * 50, 7), *d = random_numbers(70, 8);
  st_linear(r->numbers[5], x, w, d, 6, 70, 50);
  st_multiply(r->numbers[9], r->numbers[5], 1, 70, x, 70, 50, 6);
  st_multiply(r->numbers[10], r->numbers[5], 70, 1, w, 6, 50, 70);
  float *first = random_numbers(1001, 9), *second = random_numbers(1001, 10),
        *gradients = random_numbers(1001, 11);
  for (int i = 0; i < 1001; i++) second[i] *= second[i];
  struct st_adamw step = {1e-3f, 0.9f, 0.999f, 1e-8f, 1e-2f, 0.5f, 1.1f, 1.2f, 0.999f};
  st_adamw(r->numbers[6], first, second, r->numbers[7], gradients, 1001, &step);
  double p[3 * 20], q[4 * 20], products[12];
  for (int i = 0; i < 60; i++) p[i] = gradients[i];
  for (int i = 0; i < 80; i++) q[i] = gradients[100 + i];
  st_inner_products(products, p, 3, q, 4, 20);
  for (int i = 0; i < 12; i++) r->numbers[8][i] = (float)products[i];

  for (int i = 0; i < results_of_images; i++) update_values(&r->images[i]);
  free_tensor(&a), free_tensor(&b);
  free(shift), free(weight), free(bias), free(x), free(w), free(d), free(first), free(second),
      free(gradients);
}

static void compare(const char *what, const float *values, const float *wanted, size_t count,
                    double bound) {
  double *numbers = malloc(count * sizeof *numbers);
  for (size_t i = 0; i < count; i++) numbers[i] = wanted[i];
  expect_near(what, values, numbers, count, bound);
  free(numbers);
}

static void check_bytes(void) {
  enum { count = 1 << 22 };
  float *numbers = malloc(count * sizeof *numbers);
  st_random_normal(numbers, (st_random_stream){42, 0, 0, 0}, 0, count);
  uint64_t hash = 1469598103934665603u;
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, &numbers[i], sizeof bits);
    hash = (hash ^ bits) * 1099511628211u;
  }
  const uint64_t wanted = 0xf72b2f28c239585a;
  expect_equal("four million normal numbers", &hash, &wanted, sizeof hash);
  free(numbers);
}

void check_loops(st_isa least, st_isa isa) {
  static const char *const of_images[] = {
      "silu",       "silu backward",       "add",       "dropout", "squared error's gradient",
      "group norm", "group norm backward", "layer norm"};
  static const char *const of_numbers[] = {"sums of pixels",
                                           "squared error",
                                           "statistics",
                                           "gradient of the shift",
                                           "gradients of weight and bias",
                                           "linear",
                                           "AdamW",
                                           "average",
                                           "inner products",
                                           "gradient of a matrix",
                                           "gradient of rows"};
  check_bytes();
  for (st_element element = st_float32; element <= st_bfloat16; element++) {
    // Loops serve both elements on all; one rounding of bfloat16 may come out otherwise.
    double bound = element == st_bfloat16 ? 8e-3 : 1e-5;
    struct results of_least, of_this;
    st_set_isa(least);
    compute(&of_least, element);
    st_set_isa(isa);
    compute(&of_this, element);
    for (int i = 0; i < results_of_images; i++) {
      compare(of_images[i], of_this.images[i].values, of_least.images[i].values,
              tensor_count(&of_this.images[i]), bound);
      free_tensor(&of_this.images[i]), free_tensor(&of_least.images[i]);
    }
    for (int i = 0; i < results_of_numbers; i++) {
      compare(of_numbers[i], of_this.numbers[i], of_least.numbers[i], of_this.counts[i], bound);
      free(of_this.numbers[i]), free(of_least.numbers[i]);
    }
  }
}
