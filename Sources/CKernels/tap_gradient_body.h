// The gradient of a convolution's weight, tap by tap, included once for each kind of words.
//
// Pixels are packed into words first, those of x once for each tap, those of dy once; then each tap
// is one matrix product. A single tap in float32 multiplies the pixels where they lie.

#include "product.h"
#include "tap_gradient_variant.h"

struct context {
  const void *x, *dy;
  float *dw;
  struct st_weight weight;
  struct st_convolution s;
  size_t taps, pixels; ///< pixels of the output, in all images
  size_t first, last;  ///< those that are worked on
  size_t v_step;       ///< from tap to tap
  word *v, *y;
  float *du, *sums;
};

/// Where a pixel's channels begin that a product reads, in elements; negative outside of the image.
typedef ptrdiff_t place;

/// Of x, under a tap of an output's pixel.
ST_INLINE place place_in_input(const struct context *k, size_t pixel, size_t tap) {
  if (pixel >= k->pixels) return -1;
  const struct st_convolution *s = &k->s;
  size_t in_image = pixel % (s->output_height * s->output_width);
  size_t image = pixel / (s->output_height * s->output_width);
  size_t row = in_image / s->output_width * s->stride + tap / s->kernel_width - s->top;
  size_t column = in_image % s->output_width * s->stride + tap % s->kernel_width - s->left;
  // What is above or to the left wraps around to a large number.
  if (row >= s->height || column >= s->width) return -1;
  return (place)((image * s->inputs * s->height + row * st_width) * s->width + column * st_width);
}

ST_INLINE place place_in_output(const struct context *k, size_t pixel) {
  if (pixel >= k->pixels) return -1;
  size_t size = k->s.output_height * k->s.output_width;
  return (place)(pixel / size * k->s.outputs * size + pixel % size * st_width);
}

/// A block of channels, `offset` elements behind the place; zeros outside of the image.
ST_INLINE st_vector load_at(const void *x, place at, size_t offset) {
  if (at < 0) return (st_vector){0};
  return st_load_elements(x, (size_t)at + offset, st_width, image_element);
}

/// Whether pixels lie in memory as a product reads them: of kernels of one tap, with a number to a word.
ST_INLINE bool is_direct(const struct st_convolution *s) {
  return pack == 1 && s->kernel_height * s->kernel_width == 1 && s->stride == 1 && s->top == 0 &&
         s->left == 0 && s->output_height == s->height && s->output_width == s->width;
}

/// Sums up dy, for groups of pixels.
static void sum_task(const void *context, size_t begin, size_t end) {
  const struct context *k = context;
  size_t y_step = k->s.output_height * k->s.output_width * st_width;
  for (size_t unit = begin; unit < end; unit++) {
    size_t first = k->first + unit * group, count = smaller(group, k->last - first);
    for (size_t block = 0; block < k->s.outputs / st_width; block++) {
      st_vector sum = {0};
      for (size_t p = 0; p < count; p++)
        sum += load_at(k->dy, place_in_output(k, first + p), block * y_step);
      st_store(k->sums + first / group * k->s.outputs + block * st_width, sum);
    }
  }
}

/// du += x^T dy for some of the inputs, of the pixels as they lie in memory.
static void direct_task(const void *context, size_t begin, size_t end) {
  const struct context *k = context;
  size_t size = k->s.height * k->s.width, plane = size * st_width;
  const word *x = k->x, *dy = k->dy;
  for (size_t unit = begin; unit < end; unit++) {
    size_t row = unit * gradient_rows, last_row = smaller(row + gradient_rows, k->s.inputs);
    for (size_t pixel = k->first, count; pixel < k->last; pixel += count) {
      size_t image = pixel / size, at = pixel % size;
      count = smaller(smaller(part_words, size - at), k->last - pixel);
      for (size_t c = 0; c < k->s.outputs; c += panel * st_width)
        for (size_t r = row; r < last_row; r += st_width)
          product_of_planes(k->du + r * k->s.outputs + c, k->s.outputs,
                            x + image * k->s.inputs * size + r * size + at * st_width, 1, st_width,
                            st_width, dy + image * k->s.outputs * size + c * size + at * st_width,
                            st_width, plane, smaller(k->s.outputs - c, panel * st_width) / st_width,
                            count, pixel > 0);
    }
  }
}

static void pack_task(const void *context, size_t begin, size_t end) {
  const struct context *k = context;
  size_t x_step = k->s.height * k->s.width * st_width;
  size_t y_step = k->s.output_height * k->s.output_width * st_width;
  for (size_t unit = begin; unit < end; unit++) {
    size_t first = k->first + unit * group, count = smaller(group, k->last - first);
    size_t number = (first - k->first) / pack;
    place places[group];
    for (size_t tap = 0; tap < k->taps; tap++) {
      for (size_t p = 0; p < group; p++) places[p] = place_in_input(k, first + p, tap);
      for (size_t p = 0; p < count; p += pack)
        for (size_t block = 0; block < k->s.inputs / st_width; block++) {
          st_vector values[pack];
          UNROLLED_FOR (size_t i = 0; i < pack; i++)
            values[i] = load_at(k->x, places[p + i], block * x_step);
          store_packed(
              k->v + tap * k->v_step + (number + p / pack) * k->s.inputs + block * st_width,
              values);
        }
    }
    for (size_t p = 0; p < group; p++) places[p] = place_in_output(k, first + p);
    for (size_t block = 0; block < k->s.outputs / st_width; block++) {
      st_vector sum = {0};
      for (size_t p = 0; p < count; p += pack) {
        st_vector values[pack];
        UNROLLED_FOR (size_t i = 0; i < pack; i++) {
          values[i] = load_at(k->dy, places[p + i], block * y_step);
          sum += values[i];
        }
        store_packed(k->y + (number + p / pack) * k->s.outputs + block * st_width, values);
      }
      st_store(k->sums + first / group * k->s.outputs + block * st_width, sum);
    }
  }
}

/// du += x^T dy for a tap, some of its inputs and a panel of its outputs.
static void product_task(const void *context, size_t begin, size_t end) {
  const struct context *k = context;
  size_t parts = (k->s.inputs + gradient_rows - 1) / gradient_rows;
  size_t count = (k->last - k->first + pack - 1) / pack;
  for (size_t unit = begin; unit < end; unit++) {
    size_t tap = unit / parts, row = unit % parts * gradient_rows;
    for (size_t c = 0; c < k->s.outputs; c += panel * st_width)
      long_product(k->du + (tap * k->s.inputs + row) * k->s.outputs + c, k->s.outputs,
                   k->v + tap * k->v_step + row, 1, k->s.inputs,
                   smaller(gradient_rows, k->s.inputs - row), k->y + c, k->s.outputs,
                   smaller(k->s.outputs - c, panel * st_width) / st_width, count, k->first > 0);
  }
}

/// Writes the sums of a block of outputs and sixteen inputs to their place.
static void place_task(const void *context, size_t begin, size_t end) {
  const struct context *k = context;
  for (size_t unit = begin; unit < end; unit++) {
    size_t input = unit / (k->s.outputs / st_width) * st_width;
    size_t output = unit % (k->s.outputs / st_width) * st_width;
    size_t count = smaller(st_width, k->weight.inputs - input) * k->taps;
    float *to = k->dw + output * k->weight.output_stride + input * k->taps;
    const float *from = k->du + input * k->s.outputs + output;
    size_t i = 0, tap = 0;
    for (size_t t = 0; t < count; t += st_width) {
      st_vector rows[st_width];
      for (size_t r = 0; r < st_width; r++) {
        rows[r] = st_load(from + (tap * k->s.inputs + i) * k->s.outputs);
        if (++tap == k->taps) tap = 0, i++;
      }
      store_columns(to + t, k->weight.output_stride, k->weight.outputs - output, rows,
                    smaller(st_width, count - t));
    }
  }
}

static struct context context_of(const struct st_convolution *s, size_t *chunk) {
  struct context k = {.s = *s};
  k.taps = s->kernel_height * s->kernel_width;
  k.pixels = s->images * s->output_height * s->output_width;
  size_t per_pixel = (k.taps * s->inputs + s->outputs) * sizeof(word) / pack;
  *chunk = gradient_chunk(k.pixels, per_pixel);
  k.v_step = *chunk / pack * s->inputs + line;
  return k;
}

static size_t scratch(const struct st_convolution *s) {
  size_t chunk;
  struct context k = context_of(s, &chunk);
  size_t words = k.taps * k.v_step + chunk / pack * s->outputs;
  size_t floats = k.taps * s->inputs * s->outputs + (k.pixels + group - 1) / group * s->outputs;
  return words * sizeof(word) + floats * sizeof(float);
}

static void gradient(float *dw, const struct st_weight *weight, float *db, const void *x,
                     const void *dy, void *scratch, const struct st_convolution *s) {
  size_t chunk;
  struct context k = context_of(s, &chunk);
  k.dw = dw, k.weight = *weight, k.x = x, k.dy = dy;
  k.v = scratch;
  k.y = k.v + k.taps * k.v_step;
  k.du = (float *)(k.y + chunk / pack * s->outputs);
  k.sums = k.du + k.taps * s->inputs * s->outputs;
  for (; k.first < k.pixels; k.first = k.last) {
    k.last = smaller(k.first + chunk, k.pixels);
    size_t rows = (s->inputs + gradient_rows - 1) / gradient_rows;
    if (is_direct(s)) {
      st_parallel(rows, &k, direct_task);
      st_parallel((k.last - k.first + group - 1) / group, &k, sum_task);
    } else {
      st_parallel((k.last - k.first + group - 1) / group, &k, pack_task);
      st_parallel(k.taps * rows, &k, product_task);
    }
  }
  st_parallel(s->inputs / st_width * (s->outputs / st_width), &k, place_task);
  if (db) add_groups(db, k.sums, (k.pixels + group - 1) / group, s->outputs);
}

const struct tap_gradient_variant ST_VARIANT(tap_gradient) = {.scratch = scratch,
                                                              .gradient = gradient};
