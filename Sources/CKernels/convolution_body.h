// Convolutions as products of gathered pixels, included once for each kind of words.
//
// The terms of an output's sum are taken in the order of taps and, in a tap, of channels, a chunk of blocks of
// channels at a time: a thread gathers the chunk of some pixels, so that it stays in the nearest caches, and adds its
// products to the sums of all outputs.

#include "convolution_variant.h"
#include "filters.h"

enum {
  chunk_blocks = 32, ///< of channels under taps, in a product
  block_words = st_width / pack,
  unit_pixels = 48, ///< that a thread works on at once
  row_words = chunk_blocks * block_words + line,
};

/// One axis of a part of the outputs: every `step`-th from the `first`, and which inputs they are made of.
///
/// Output i is made of the inputs i * stride + origin + t * direction, with the kernel's place tap + t * tap_step.
struct axis {
  size_t first, step, count;
  size_t tap, tap_step, taps;
  ptrdiff_t stride, origin, direction;
  size_t size, outputs; ///< of the images
};

struct part {
  struct axis down, across;
  size_t u;      ///< where its weight begins
  size_t blocks; ///< of channels, under all taps
};

struct context {
  void *y;
  const void *x, *residual;
  const word *u;
  const float *bias;
  char *scratch;
  size_t images, inputs, outputs; ///< channels that are read and written
  struct part part;
  size_t unit, units; ///< pixels of a unit of work, and how many units
  size_t width;       ///< outputs of a unit
};

static struct axis axis_of(bool backward, size_t number, size_t size, size_t outputs, size_t kernel,
                           size_t stride, size_t padding) {
  if (!backward)
    return (struct axis){.step = 1,
                         .count = outputs,
                         .tap_step = 1,
                         .taps = kernel,
                         .stride = (ptrdiff_t)stride,
                         .origin = -(ptrdiff_t)padding,
                         .direction = 1,
                         .size = size,
                         .outputs = outputs};
  // Input p is under tap t of the output (p + padding - t) / stride, where that is whole.
  size_t tap = (number + padding) % stride;
  return (struct axis){.first = number,
                       .step = stride,
                       .count = number < size ? st_divide_up(size - number, stride) : 0,
                       .tap = tap,
                       .tap_step = stride,
                       .taps = tap < kernel ? st_divide_up(kernel - tap, stride) : 0,
                       .stride = 1,
                       .origin = (ptrdiff_t)((number + padding - tap) / stride),
                       .direction = -1,
                       .size = outputs,
                       .outputs = size};
}

static size_t parts_of(bool backward, const struct st_convolution *s) {
  return backward ? s->stride * s->stride : 1;
}

static struct part part_of(size_t number, bool backward, const struct st_convolution *s) {
  size_t inputs = backward ? s->outputs : s->inputs, outputs = backward ? s->inputs : s->outputs;
  struct part part = {.u = 0};
  for (size_t i = 0;; i++) {
    part.down = axis_of(backward, i / s->stride, s->height, s->output_height, s->kernel_height,
                        s->stride, s->top);
    part.across = axis_of(backward, i % s->stride, s->width, s->output_width, s->kernel_width,
                          s->stride, s->left);
    part.blocks = part.down.taps * part.across.taps * (inputs / st_width);
    if (i == number) return part;
    part.u += part.blocks * block_words * outputs;
  }
}

// MARK: y = convolution of x

struct pixel {
  size_t image, row, column; ///< of a part's outputs
};

ST_INLINE struct pixel pixel_of(const struct part *part, size_t number) {
  size_t in_image = number % (part->down.count * part->across.count);
  return (struct pixel){.image = number / (part->down.count * part->across.count),
                        .row = in_image / part->across.count,
                        .column = in_image % part->across.count};
}

/// Brings a pixel's blocks of channels under taps into a row, those from the `first` up to the `last`; zeros for what
/// lies outside of the image.
static void gather(word *to, const struct context *k, struct pixel p, size_t first, size_t last) {
  const struct axis *down = &k->part.down, *across = &k->part.across;
  size_t blocks = k->inputs / st_width, size = down->size * across->size;
  size_t bytes = block_words * sizeof(word);
  ptrdiff_t top = (ptrdiff_t)p.row * down->stride + down->origin;
  ptrdiff_t left = (ptrdiff_t)p.column * across->stride + across->origin;
  for (size_t i = first; i < last;) {
    size_t tap = i / blocks, block = i % blocks, end = smaller(last, (tap + 1) * blocks);
    ptrdiff_t row = top + (ptrdiff_t)(tap / across->taps) * down->direction;
    ptrdiff_t column = left + (ptrdiff_t)(tap % across->taps) * across->direction;
    if (row < 0 || row >= (ptrdiff_t)down->size || column < 0 ||
        column >= (ptrdiff_t)across->size) {
      memset(to, 0, (end - i) * bytes);
      to += (end - i) * block_words;
      i = end;
      continue;
    }
    size_t at = (p.image * blocks + block) * size + (size_t)row * across->size + (size_t)column;
    for (; i < end; i++, at += size, to += block_words)
      memcpy(to, st_element_at(k->x, at * st_width, image_element), bytes);
  }
}

/// Writes a pixel's sums to its outputs from the `first` on.
ST_INLINE void store_pixel(const struct context *k, struct pixel p, const float *sums, size_t first,
                           size_t width) {
  const struct axis *down = &k->part.down, *across = &k->part.across;
  size_t size = down->outputs * across->outputs;
  size_t at = (p.image * (k->outputs / st_width) + first / st_width) * size +
              (down->first + p.row * down->step) * across->outputs + across->first +
              p.column * across->step;
  for (size_t c = 0; c < width; c += st_width, at += size) {
    st_vector v = st_load(sums + c);
    if (k->bias) v += st_load(k->bias + first + c);
    if (k->residual) v += st_load_elements(k->residual, at * st_width, st_width, image_element);
    st_store_elements(k->y, at * st_width, v, st_width, image_element);
  }
}

/// Some pixels and some outputs.
static void run_unit(const struct context *k, size_t first, size_t count, size_t output,
                     size_t width, word *v, float *sums) {
  size_t depth = k->part.blocks * block_words, rows = round_up(count, 2);
  struct pixel pixels[unit_pixels];
  for (size_t p = 0; p < count; p++) pixels[p] = pixel_of(&k->part, first + p);
  if (depth == 0) memset(sums, 0, rows * k->width * sizeof *sums);
  for (size_t block = 0; block < k->part.blocks; block += chunk_blocks) {
    size_t last = smaller(block + chunk_blocks, k->part.blocks);
    for (size_t p = 0; p < count; p++) gather(v + p * row_words, k, pixels[p], block, last);
    for (size_t c = 0; c < width; c += panel * st_width) {
      // A panel of the last outputs may be narrower, and its weights lie as near.
      size_t columns = smaller(width - c, panel * st_width);
      const word *u = k->u + k->part.u + (output + c) * depth + block * block_words * columns;
      product(sums + c, k->width, v, row_words, 1, rows, u, columns, columns / st_width,
              (last - block) * block_words, block > 0);
    }
  }
  for (size_t p = 0; p < count; p++) store_pixel(k, pixels[p], sums + p * k->width, output, width);
}

static size_t v_words(void) { return unit_pixels * row_words; }

static size_t pixels_of(const struct context *k) {
  return k->images * k->part.down.count * k->part.across.count;
}

static void run_task(const void *context, size_t begin, size_t end) {
  const struct context *k = context;
  size_t bytes = v_words() * sizeof(word) + unit_pixels * k->outputs * sizeof(float);
  char *mine = k->scratch + (size_t)st_thread() * bytes;
  for (size_t i = begin; i < end; i++) {
    size_t first = i % k->units * k->unit, output = i / k->units * k->width;
    run_unit(k, first, smaller(k->unit, pixels_of(k) - first), output,
             smaller(k->width, k->outputs - output), (word *)mine,
             (float *)(mine + v_words() * sizeof(word)));
  }
}

/// Divides the work: whole rows of products if that keeps all threads busy, else outputs as well.
static void divide(struct context *k) {
  size_t threads = (size_t)st_threads(), pixels = pixels_of(k);
  k->unit = smaller(unit_pixels, round_up(st_divide_up(pixels, threads), most_rows));
  k->units = st_divide_up(pixels, k->unit);
  size_t divisions = st_divide_up(threads, k->units);
  k->width = smaller(round_up(st_divide_up(k->outputs, divisions), panel * st_width), k->outputs);
}

static size_t scratch(bool backward, const struct st_convolution *s) {
  size_t outputs = backward ? s->inputs : s->outputs;
  return (size_t)st_threads() * (v_words() * sizeof(word) + unit_pixels * outputs * sizeof(float));
}

static void run(void *y, const void *x, const void *u, const float *bias, const void *residual,
                void *scratch, bool backward, const struct st_convolution *s) {
  struct context k = {.y = y,
                      .x = x,
                      .residual = residual,
                      .u = u,
                      .bias = bias,
                      .scratch = scratch,
                      .images = s->images,
                      .inputs = backward ? s->outputs : s->inputs,
                      .outputs = backward ? s->inputs : s->outputs};
  for (size_t number = 0; number < parts_of(backward, s); number++) {
    k.part = part_of(number, backward, s);
    if (pixels_of(&k) == 0) continue;
    divide(&k);
    st_parallel(k.units * st_divide_up(k.outputs, k.width), &k, run_task);
  }
}

// MARK: The weight

struct weight_context {
  word *u;
  struct filters filters;
  size_t inputs, outputs, kernel_width;
  struct part part;
};

/// A block of outputs and a block of inputs.
static void filter_task(const void *context, size_t begin, size_t end) {
  const struct weight_context *k = context;
  const struct axis *down = &k->part.down, *across = &k->part.across;
  size_t depth = k->part.blocks * block_words;
  for (size_t unit = begin; unit < end; unit++) {
    size_t input = unit / (k->outputs / st_width) * st_width;
    size_t output = unit % (k->outputs / st_width) * st_width;
    size_t c = output / (panel * st_width) * (panel * st_width);
    size_t width = smaller(k->outputs - c, panel * st_width), taps = k->filters.taps;
    st_vector filters[st_width * taps];
    load_filters(filters, &k->filters, output, input, taps);
    for (size_t t = 0; t < down->taps * across->taps; t++) {
      size_t row = down->tap + t / across->taps * down->tap_step;
      size_t column = across->tap + t % across->taps * across->tap_step;
      word *to = k->u + k->part.u + c * depth + (t * k->inputs + input) / pack * width + output - c;
      for (size_t i = 0; i < st_width; i += pack) {
        st_vector values[pack];
        UNROLLED_FOR (size_t p = 0; p < pack; p++)
          values[p] = filters[(i + p) * taps + row * k->kernel_width + column];
        store_packed(to + i / pack * width, values);
      }
    }
  }
}

static void transform_weight(void *u, const float *w, const struct st_weight *weight, bool backward,
                             const struct st_convolution *s) {
  struct weight_context k = {.u = u,
                             .filters = {w, *weight, s->kernel_height * s->kernel_width, backward},
                             .inputs = backward ? s->outputs : s->inputs,
                             .outputs = backward ? s->inputs : s->outputs,
                             .kernel_width = s->kernel_width};
  for (size_t number = 0; number < parts_of(backward, s); number++) {
    k.part = part_of(number, backward, s);
    st_parallel(k.inputs / st_width * (k.outputs / st_width), &k, filter_task);
  }
}

const struct convolution_variant ST_VARIANT(convolution) = {
    .scratch = scratch, .transform_weight = transform_weight, .run = run};
