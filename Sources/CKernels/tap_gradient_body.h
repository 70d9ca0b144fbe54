// The gradient of a convolution's weight, tap by tap, included once for each kind of words.
//
// Pixels are packed into words first, those of x once for each tap, those of dy once; then each tap
// is one matrix product. A single tap in float32 multiplies the pixels where they lie.

#include "tap_gradient_variant.h"
#include "weight_gradient.h"

enum { chunk = 96 }; ///< pixels whose factors are prepared at once

struct context {
  const void *x, *dy;
  float *dw;
  struct st_weight weight;
  struct st_convolution s;
  struct division division; ///< pixels of the output
};

ST_INLINE size_t x_plane(const struct st_convolution *s) { return s->height * s->width * st_width; }

ST_INLINE size_t y_plane(const struct st_convolution *s) {
  return s->output_height * s->output_width * st_width;
}

/// A pixel of the output.
struct pixel {
  size_t image, row, column;
};

static void find_pixels(struct pixel pixels[chunk], const struct st_convolution *s, size_t first,
                        size_t count) {
  size_t in_image = first % (s->output_height * s->output_width);
  struct pixel p = {.image = first / (s->output_height * s->output_width),
                    .row = in_image / s->output_width,
                    .column = in_image % s->output_width};
  for (size_t i = 0; i < count; i++) {
    pixels[i] = p;
    if (++p.column < s->output_width) continue;
    p.column = 0;
    if (++p.row < s->output_height) continue;
    p.row = 0, p.image++;
  }
}

/// Where the channels of a pixel begin, in elements; negative outside of the image.
typedef ptrdiff_t place;

/// Of x, under a tap.
ST_INLINE place place_in_input(struct pixel p, const struct st_convolution *s, size_t tap_row,
                               size_t tap_column) {
  size_t row = p.row * s->stride + tap_row - s->top;
  size_t column = p.column * s->stride + tap_column - s->left;
  // What is above or to the left wraps around to a large number.
  if (row >= s->height || column >= s->width) return -1;
  return (place)(p.image * s->inputs * s->height * s->width + (row * s->width + column) * st_width);
}

ST_INLINE place place_in_output(struct pixel p, const struct st_convolution *s) {
  return (place)((p.image * s->outputs * s->output_height + p.row * st_width) * s->output_width +
                 p.column * st_width);
}

/// Packs pixels of a block of channels, `offset` elements behind their places. Their sum.
ST_INLINE st_vector pack_block(word *to, size_t step, const void *x, const place places[chunk],
                               size_t count, size_t offset) {
  st_vector sum = {0};
  for (size_t p = 0; p < count; p += pack, to += step) {
    st_vector values[pack];
    UNROLLED_FOR (size_t i = 0; i < pack; i++) {
      values[i] = (st_vector){0};
      if (p + i < count && places[p + i] >= 0)
        values[i] = st_load_elements(x, (size_t)places[p + i] + offset, st_width, image_element);
      sum += values[i];
    }
    store_packed(to, values);
  }
  return sum;
}

ST_INLINE void add_to_sums(float *sums, st_vector v) { st_store(sums, st_load(sums) + v); }

/// du += x^T dy of some pixels.
static void add_pixels(const struct context *k, struct part p, size_t first, size_t count,
                       word *v) {
  const struct st_convolution *s = &k->s;
  size_t v_step = factor_step(&k->division, p.inputs);
  word *y = v + k->division.areas * v_step;
  struct pixel pixels[chunk];
  place places[chunk];
  find_pixels(pixels, s, first, count);
  for (size_t i = 0; i < count; i++) places[i] = place_in_output(pixels[i], s);
  for (size_t c = 0; c < p.outputs; c += st_width) {
    size_t offset = (p.output + c) / st_width * y_plane(s);
    st_vector sum = pack_block(y + c, p.outputs, k->dy, places, count, offset);
    if (p.sums) add_to_sums(p.sums + c, sum);
  }
  for (size_t tap = 0; tap < k->division.areas; tap++, v += v_step) {
    for (size_t i = 0; i < count; i++)
      places[i] = place_in_input(pixels[i], s, tap / s->kernel_width, tap % s->kernel_width);
    for (size_t c = 0; c < p.inputs; c += st_width)
      pack_block(v + c, p.inputs, k->x, places, count, (p.input + c) / st_width * x_plane(s));
    for (size_t c = 0; c < p.outputs; c += panel * st_width)
      product(p.du + tap * p.du_step + c, p.outputs, v, 1, p.inputs, p.inputs, y + c, p.outputs,
              smaller(p.outputs - c, panel * st_width) / st_width, st_divide_up(count, pack),
              first > p.first);
  }
}

/// Whether pixels lie in memory as a product reads them: of kernels of one tap, with a number to a
/// word.
ST_INLINE bool is_direct(const struct st_convolution *s) {
  return pack == 1 && s->kernel_height * s->kernel_width == 1 && s->stride == 1 && s->top == 0 &&
         s->left == 0 && s->output_height == s->height && s->output_width == s->width;
}

/// As `add_pixels`, of pixels of one image as they lie in memory.
static void add_direct(const struct context *k, struct part p, size_t first, size_t count) {
  size_t plane = x_plane(&k->s), size = plane / st_width;
  size_t image = first / size, at = first % size * st_width;
  const word *x = (const word *)k->x + (image * k->s.inputs + p.input) * size + at;
  const word *dy = (const word *)k->dy + (image * k->s.outputs + p.output) * size + at;
  for (size_t c = 0; c < p.outputs; c += panel * st_width)
    for (size_t r = 0; r < p.inputs; r += st_width)
      product_of_planes(p.du + r * p.outputs + c, p.outputs, x + r * size, 1, st_width, st_width,
                        dy + c * size, st_width, plane,
                        smaller(p.outputs - c, panel * st_width) / st_width, count,
                        first > p.first);
  for (size_t c = 0; p.sums && c < p.outputs; c += st_width) {
    st_vector sum = {0};
    for (size_t i = 0; i < count; i++)
      sum += st_load_elements(dy, c * size + i * st_width, st_width, image_element);
    add_to_sums(p.sums + c, sum);
  }
}

static void compute_part(const void *context, struct part p, word *factors) {
  const struct context *k = context;
  size_t size = k->s.output_height * k->s.output_width;
  if (p.sums) memset(p.sums, 0, p.outputs * sizeof *p.sums);
  for (size_t first = p.first, count; first < p.last; first += count) {
    count = smaller(chunk, p.last - first);
    if (is_direct(&k->s)) {
      count = smaller(count, size - first % size);
      add_direct(k, p, first, count);
    } else {
      add_pixels(k, p, first, count, factors);
    }
  }
}

/// Writes a part's sums to their place.
static void place_part(const void *context, struct part p) {
  const struct context *k = context;
  size_t taps = k->division.areas;
  for (size_t input = 0; input < p.inputs; input += st_width)
    for (size_t output = 0; output < p.outputs; output += st_width) {
      size_t count = smaller(st_width, k->weight.inputs - p.input - input) * taps;
      size_t row = p.output + output, i = 0, tap = 0;
      float *to = k->dw + row * k->weight.output_stride + (p.input + input) * taps;
      for (size_t t = 0; t < count; t += st_width) {
        st_vector rows[st_width];
        for (size_t r = 0; r < st_width; r++) {
          // Behind the last tap of the last input is nothing that will be written.
          const float *du = p.du + tap * p.du_step + smaller(input + i, p.inputs - 1) * p.outputs;
          rows[r] = sum_of_groups(&k->division, du + output);
          if (++tap == taps) tap = 0, i++;
        }
        store_columns(to + t, k->weight.output_stride, k->weight.outputs - row, rows,
                      smaller(st_width, count - t));
      }
    }
}

static struct division division_of(const struct st_convolution *s) {
  return (struct division){.areas = s->kernel_height * s->kernel_width,
                           .y_areas = 1,
                           .inputs = s->inputs,
                           .outputs = s->outputs,
                           .items = s->images * s->output_height * s->output_width,
                           .chunk = chunk};
}

static size_t scratch(const struct st_convolution *s) { return gradient_bytes(division_of(s)); }

static void gradient(float *dw, const struct st_weight *weight, float *db, const void *x,
                     const void *dy, void *scratch, const struct st_convolution *s) {
  struct context k = {.x = x, .dy = dy, .dw = dw, .weight = *weight, .s = *s};
  k.division = divide(division_of(s), (size_t)st_threads());
  run_gradient((struct gradient_work){k.division, &k, compute_part, place_part}, db, scratch);
}

const struct tap_gradient_variant ST_VARIANT(tap_gradient) = {.scratch = scratch,
                                                              .gradient = gradient};
