#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "convolution.h"
#include "parallel.h"
#include "tap_gradient.h"
#include "winograd.h"

// Convolutions of all kinds against the formula: y[o, p] = sum over inputs i and taps t of w[o, i, t] x[i, p s + t - padding].

struct shape {
  size_t images, height, width, inputs, outputs, kernel, stride, top, left, output_height,
      output_width;
};

static const struct shape shapes[] = {
    {2, 9, 11, 16, 32, 3, 1, 1, 1, 9, 11},    {1, 8, 8, 48, 16, 3, 2, 1, 1, 4, 4},
    {3, 7, 5, 32, 80, 1, 1, 0, 0, 7, 5},      {1, 4, 4, 96, 160, 3, 1, 1, 1, 4, 4},
    {2, 6, 6, 16, 16, 3, 2, 0, 0, 3, 3},      {1, 5, 6, 16, 48, 1, 2, 0, 0, 3, 3},
    {1, 9, 9, 16, 16, 5, 3, 2, 2, 3, 3},      {2, 8, 8, 3, 20, 3, 1, 1, 1, 8, 8},
    {1, 20, 19, 20, 3, 3, 1, 1, 1, 20, 19},   {1, 5, 5, 5, 7, 3, 2, 0, 1, 2, 3},
    {1, 16, 16, 64, 128, 3, 1, 1, 1, 16, 16},
};

/// One of x, w and y from the others: y += x w, or as `into` says.
static void add_products(double *into, char which, const struct shape *s, const float *x,
                         const float *w, const float *y) {
  for (size_t n = 0; n < s->images; n++)
    for (size_t o = 0; o < s->outputs; o++)
      for (size_t i = 0; i < s->inputs; i++)
        for (size_t row = 0; row < s->output_height; row++)
          for (size_t column = 0; column < s->output_width; column++)
            for (size_t t = 0; t < s->kernel * s->kernel; t++) {
              size_t r = row * s->stride + t / s->kernel - s->top;
              size_t c = column * s->stride + t % s->kernel - s->left;
              if (r >= s->height || c >= s->width) continue;
              size_t a = ((n * s->inputs + i) * s->height + r) * s->width + c;
              size_t b = (o * s->inputs + i) * s->kernel * s->kernel + t;
              size_t d = ((n * s->outputs + o) * s->output_height + row) * s->output_width + column;
              if (which == 'y') into[d] += (double)x[a] * w[b];
              if (which == 'x') into[a] += (double)y[d] * w[b];
              if (which == 'w') into[b] += (double)x[a] * y[d];
            }
}

static size_t blocked(size_t channels) { return (channels + 15) / 16 * 16; }

/// As much memory as asked for, filled with what is no number.
static void *scratch_of(size_t bytes) {
  void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
  memset(memory, 0xff, bytes);
  return memory;
}

struct bounds {
  double direct, winograd, gradient;
};

/// Of float32: rounding; of bfloat16: of the outputs and, in Winograd's transforms, of the factors.
static struct bounds bounds_of(st_element element) {
  return element == st_float32 ? (struct bounds){3e-6, 2e-5, 2e-5}
                               : (struct bounds){5e-3, 2e-2, 2e-2};
}

struct place {
  char text[120];
};

static struct place name(const char *kernel, const struct shape *s, st_element element) {
  struct place p;
  snprintf(p.text, sizeof p.text, "%s, %s, %zu x %zu x %zu, %zu to %zu, kernel %zu, stride %zu",
           kernel, element == st_bfloat16 ? "bfloat16" : "float32", s->images, s->height, s->width,
           s->inputs, s->outputs, s->kernel, s->stride);
  return p;
}

/// Runs the kernel on one thread and on two, whose bytes are the same.
#define ON_THREADS(what, result, bytes, ...) \
  do { \
    void *first = malloc(bytes); \
    for (int threads = 1; threads <= 2; threads++) { \
      st_set_threads(threads); \
      __VA_ARGS__; \
      if (threads == 1) \
        memcpy(first, result, bytes); \
      else \
        expect_equal(what, result, first, bytes); \
    } \
    free(first); \
  } while (0)

/// Another way to the same tensor, on one thread and on two.
#define EXPECT_SAME(kernel, tensor, ...) \
  do { \
    void *wanted = malloc(tensor_bytes(&tensor)); \
    memcpy(wanted, (tensor).blocks, tensor_bytes(&tensor)); \
    place = name(kernel, s, element); \
    for (int threads = 1; threads <= 2; threads++) { \
      st_set_threads(threads); \
      memset((tensor).blocks, 0xff, tensor_bytes(&tensor)); \
      __VA_ARGS__; \
      expect_equal(place.text, (tensor).blocks, wanted, tensor_bytes(&tensor)); \
    } \
    free(wanted); \
  } while (0)

static void check_shape(const struct shape *s, st_element element) {
  size_t weights = s->outputs * s->inputs * s->kernel * s->kernel;
  struct tensor x = make_tensor(s->images, s->inputs, s->height, s->width, element, 1);
  struct tensor y =
      make_tensor(s->images, s->outputs, s->output_height, s->output_width, element, 2);
  struct tensor dx = make_tensor(s->images, s->inputs, s->height, s->width, element, 0);
  struct tensor dy =
      make_tensor(s->images, s->outputs, s->output_height, s->output_width, element, 3);
  struct tensor residual =
      make_tensor(s->images, s->outputs, s->output_height, s->output_width, element, 4);
  float *w = random_numbers(weights, 5), *bias = random_numbers(blocked(s->outputs), 6);
  for (size_t i = 0; i < weights; i++) w[i] = rounded(w[i], element);
  for (size_t o = s->outputs; o < blocked(s->outputs); o++) bias[o] = 0;
  float *dw = calloc(weights, sizeof *dw), *db = calloc(blocked(s->outputs), sizeof *db);
  double *y_wanted = calloc(tensor_count(&y), sizeof *y_wanted);
  double *dx_wanted = calloc(tensor_count(&dx), sizeof *dx_wanted);
  double *dw_wanted = calloc(weights, sizeof *dw_wanted),
         *db_wanted = calloc(s->outputs, sizeof *db_wanted);
  size_t pixels = s->output_height * s->output_width;
  for (size_t i = 0; i < tensor_count(&y); i++) {
    y_wanted[i] = (double)bias[i / pixels % s->outputs] + residual.values[i];
    db_wanted[i / pixels % s->outputs] += dy.values[i];
  }
  add_products(y_wanted, 'y', s, x.values, w, NULL);
  add_products(dx_wanted, 'x', s, NULL, w, dy.values);
  add_products(dw_wanted, 'w', s, x.values, NULL, dy.values);

  struct st_convolution c = {
      s->images, s->height, s->width, s->output_height,   s->output_width,     s->kernel, s->kernel,
      s->stride, s->top,    s->left,  blocked(s->inputs), blocked(s->outputs), element};
  struct st_weight weight = {s->inputs * s->kernel * s->kernel, s->outputs, s->inputs};
  struct bounds bounds = bounds_of(element);
  st_set_threads(2);
  void *u = scratch_of(st_convolution_weight_bytes(&c));
  void *scratch = scratch_of(st_convolution_scratch(false, &c));
  struct place place = name("convolution", s, element);
  st_convolution_transform_weight(u, w, &weight, false, &c);
  ON_THREADS(place.text, y.blocks, tensor_bytes(&y),
             st_convolution_run(y.blocks, x.blocks, u, bias, residual.blocks, scratch, false, &c));
  update_values(&y);
  expect_near(place.text, y.values, y_wanted, tensor_count(&y), bounds.direct);
  free(scratch);

  place = name("convolution backward", s, element);
  scratch = scratch_of(st_convolution_scratch(true, &c));
  st_convolution_transform_weight(u, w, &weight, true, &c);
  ON_THREADS(place.text, dx.blocks, tensor_bytes(&dx),
             st_convolution_run(dx.blocks, dy.blocks, u, NULL, NULL, scratch, true, &c));
  update_values(&dx);
  expect_near(place.text, dx.values, dx_wanted, tensor_count(&dx), bounds.direct);
  free(scratch), free(u);

  place = name("gradient by taps", s, element);
  scratch = scratch_of(st_tap_gradient_scratch(&c));
  ON_THREADS(place.text, dw, weights * sizeof *dw,
             st_tap_gradient(dw, &weight, db, x.blocks, dy.blocks, scratch, &c));
  expect_near(place.text, dw, dw_wanted, weights, bounds.direct);
  expect_near(place.text, db, db_wanted, s->outputs, bounds.direct);
  free(scratch);

  if (s->kernel == 3 && s->stride == 1 && s->top == 1) {
    struct st_winograd forward = {s->images,          s->height,           s->width,
                                  blocked(s->inputs), blocked(s->outputs), element};
    struct st_winograd backward = forward;
    backward.inputs = forward.outputs, backward.outputs = forward.inputs;
    st_set_threads(2);
    u = scratch_of(st_winograd_weight_bytes(&forward));
    scratch = scratch_of(st_winograd_scratch(&forward));
    place = name("Winograd", s, element);
    st_winograd_transform_weight(u, w, &weight, false, &forward);
    ON_THREADS(
        place.text, y.blocks, tensor_bytes(&y),
        st_winograd_convolve(y.blocks, x.blocks, u, bias, residual.blocks, scratch, &forward));
    update_values(&y);
    expect_near(place.text, y.values, y_wanted, tensor_count(&y), bounds.winograd);
    free(scratch);
    scratch = scratch_of(st_winograd_training_scratch(&forward));
    EXPECT_SAME("Winograd, once", y,
                st_winograd_convolve_once(y.blocks, x.blocks, w, &weight, false, bias,
                                          residual.blocks, scratch, &forward));
    free(scratch);
    place = name("Winograd backward", s, element);
    scratch = scratch_of(st_winograd_scratch(&backward));
    st_winograd_transform_weight(u, w, &weight, true, &backward);
    ON_THREADS(place.text, dx.blocks, tensor_bytes(&dx),
               st_winograd_convolve(dx.blocks, dy.blocks, u, NULL, NULL, scratch, &backward));
    update_values(&dx);
    expect_near(place.text, dx.values, dx_wanted, tensor_count(&dx), bounds.winograd);
    free(scratch), free(u);
    scratch = scratch_of(st_winograd_training_scratch(&backward));
    EXPECT_SAME("Winograd backward, once", dx,
                st_winograd_convolve_once(dx.blocks, dy.blocks, w, &weight, true, NULL, NULL,
                                          scratch, &backward));
    free(scratch);
    place = name("Winograd's gradient", s, element);
    scratch = scratch_of(st_winograd_gradient_scratch(&forward));
    ON_THREADS(
        place.text, dw, weights * sizeof *dw,
        st_winograd_weight_gradient(dw, &weight, db, x.blocks, dy.blocks, scratch, &forward));
    expect_near(place.text, dw, dw_wanted, weights, bounds.gradient);
    expect_near(place.text, db, db_wanted, s->outputs, bounds.gradient);
    free(scratch);
  }
  free_tensor(&x), free_tensor(&y), free_tensor(&dx), free_tensor(&dy), free_tensor(&residual);
  free(w), free(bias), free(dw), free(db);
  free(y_wanted), free(dx_wanted), free(dw_wanted), free(db_wanted);
}

void check_convolutions(st_element element) {
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) check_shape(&shapes[i], element);
}
