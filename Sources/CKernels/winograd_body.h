// Winograd's convolution, included once for each kind of words, with the size of the tiles (`tile`,
// `points`) and the five transforms that go with it.
//
// A tile of outputs needs points x points inputs. Transformed, each of these is one of `areas`
// independent matrix products: tiles x inputs times inputs x outputs, and for the weight's gradient
// inputs x tiles times tiles x outputs.

#include "product.h"
#include "winograd_variant.h"

enum {
  areas = points * points,
  unit_tiles =
      48, ///< of a unit of work: of fewer, reading the weight is a burden; more leave the caches
};

struct context {
  void *y;
  const void *x, *residual;
  const word *u;
  const float *bias;
  struct st_winograd s;
  size_t rows, columns, tiles; ///< of tiles: down, across, in all images
  char *scratch;
  size_t unit;           ///< tiles that a thread works on at once
  size_t v_step, m_step; ///< from one area to the next
};

/// Words of a transformed weight from one area to the next.
ST_INLINE size_t weight_step(const struct st_winograd *s) {
  return s->inputs / pack * s->outputs + line;
}

// MARK: Transforms of tiles

/// Applies a transform to the rows and the columns of a square.
#define BOTH_WAYS(name, transform, from, to) \
  ST_INLINE void name(st_vector *out, const st_vector *in) { \
    st_vector half[(from) * (to)]; \
    UNROLLED_FOR (int r = 0; r < (from); r++) transform(half + r * (to), in + r * (from)); \
    UNROLLED_FOR (int c = 0; c < (to); c++) { \
      st_vector column[from], result[to]; \
      UNROLLED_FOR (int r = 0; r < (from); r++) column[r] = half[r * (to) + c]; \
      transform(result, column); \
      UNROLLED_FOR (int r = 0; r < (to); r++) out[r * (to) + c] = result[r]; \
    } \
  }
BOTH_WAYS(transform_inputs, transform_input, points, points)
BOTH_WAYS(transform_outputs, transform_output, points, tile)
BOTH_WAYS(spread_outputs, spread_output, tile, points)
BOTH_WAYS(transform_filters, transform_filter, 3, points)
BOTH_WAYS(gather_filters, gather_filter, points, 3)

/// A square of `size` x `size` pixels from (row, column) of the image's block of channels that
/// begins at element `plane`; zeros outside of the image.
ST_INLINE void load_square(st_vector *out, const int size, const void *x, size_t plane,
                           ptrdiff_t row, ptrdiff_t column, const struct st_winograd *s) {
  ptrdiff_t height = (ptrdiff_t)s->height, width = (ptrdiff_t)s->width;
  x = st_element_at(x, plane, image_element);
  if (row >= 0 && column >= 0 && row + size <= height && column + size <= width) {
    x = st_element_at(x, (size_t)(row * width + column) * st_width, image_element);
    UNROLLED_FOR (int r = 0; r < size; r++)
      UNROLLED_FOR (int c = 0; c < size; c++)
        out[r * size + c] =
            st_load_elements(x, (size_t)(r * width + c) * st_width, st_width, image_element);
    return;
  }
  UNROLLED_FOR (int r = 0; r < size; r++)
    UNROLLED_FOR (int c = 0; c < size; c++) {
      bool inside = row + r >= 0 && row + r < height && column + c >= 0 && column + c < width;
      size_t pixel = inside ? (size_t)((row + r) * width + column + c) : 0;
      st_vector v = st_load_elements(x, pixel * st_width, st_width, image_element);
      out[r * size + c] = inside ? v : (st_vector){0};
    }
}

struct place {
  size_t image, row, column; ///< of a tile's first output
};

ST_INLINE struct place place_of(const struct context *k, size_t number) {
  size_t in_image = number % (k->rows * k->columns);
  return (struct place){.image = number / (k->rows * k->columns),
                        .row = in_image / k->columns * tile,
                        .column = in_image % k->columns * tile};
}

ST_INLINE size_t plane(const struct context *k, size_t image, size_t block, size_t channels) {
  return (image * (channels / st_width) + block) * k->s.height * k->s.width * st_width;
}

/// The transformed inputs of a tile and a block of channels.
ST_INLINE void inputs_of(st_vector out[areas], const struct context *k, size_t number,
                         size_t block) {
  struct place p = place_of(k, number);
  st_vector d[areas];
  load_square(d, points, k->x, plane(k, p.image, block, k->s.inputs), (ptrdiff_t)p.row - 1,
              (ptrdiff_t)p.column - 1, &k->s);
  transform_inputs(out, d);
}

// MARK: y = convolution of x

/// Writes a tile of outputs, the part of it that is in the image.
ST_INLINE void store_outputs(const struct context *k, const st_vector out[tile * tile],
                             size_t number, size_t block) {
  struct place p = place_of(k, number);
  size_t first = plane(k, p.image, block, k->s.outputs);
  st_vector bias = k->bias ? st_load(k->bias + block * st_width) : (st_vector){0};
  UNROLLED_FOR (size_t r = 0; r < tile; r++)
    UNROLLED_FOR (size_t c = 0; c < tile; c++) {
      if (p.row + r >= k->s.height || p.column + c >= k->s.width) continue;
      size_t i = first + ((p.row + r) * k->s.width + p.column + c) * st_width;
      st_vector v = out[r * tile + c] + bias;
      if (k->residual) v += st_load_elements(k->residual, i, st_width, image_element);
      st_store_elements(k->y, i, v, st_width, image_element);
    }
}

/// Transforms the sums of a tile and a block of channels, `step` floats from one area to the next, and writes them.
ST_INLINE void finish_tile(const struct context *k, const float *sums, size_t step, size_t number,
                           size_t block) {
  st_vector values[areas], out[tile * tile];
  UNROLLED_FOR (int a = 0; a < areas; a++) values[a] = st_load(sums + a * step);
  transform_outputs(out, values);
  store_outputs(k, out, number, block);
}

static void convolve_unit(const struct context *k, size_t first, size_t count, word *v, float *m) {
  size_t depth = k->s.inputs / pack, rows = round_up(count, 2);
  for (size_t block = 0; block < k->s.inputs / st_width; block++)
    for (size_t t = 0; t < count; t++) {
      st_vector values[areas];
      inputs_of(values, k, first + t, block);
      word *to = v + t * depth + block * st_width / pack;
      UNROLLED_FOR (int a = 0; a < areas; a++) store_channels(to + a * k->v_step, values[a]);
    }
  for (size_t a = 0; a < areas; a++)
    for (size_t c = 0; c < k->s.outputs; c += panel * st_width) {
      size_t width = smaller(k->s.outputs - c, panel * st_width);
      product(m + a * k->m_step + c, k->s.outputs, v + a * k->v_step, depth, 1, rows,
              k->u + a * weight_step(&k->s) + c * depth, width, width / st_width, depth, false);
    }
  for (size_t block = 0; block < k->s.outputs / st_width; block++)
    for (size_t t = 0; t < count; t++)
      finish_tile(k, m + t * k->s.outputs + block * st_width, k->m_step, first + t, block);
}

static void convolve_task(const void *context, size_t begin, size_t end) {
  const struct context *k = context;
  size_t v_bytes = areas * k->v_step * sizeof(word), m_bytes = areas * k->m_step * sizeof(float);
  char *mine = k->scratch + (size_t)st_thread() * (v_bytes + m_bytes);
  for (size_t unit = begin; unit < end; unit++)
    convolve_unit(k, unit * k->unit, smaller(k->unit, k->tiles - unit * k->unit), (word *)mine,
                  (float *)(mine + v_bytes));
}

static struct context context_of(const struct st_winograd *s) {
  struct context k = {.s = *s};
  k.rows = st_divide_up(s->height, tile);
  k.columns = st_divide_up(s->width, tile);
  k.tiles = s->images * k.rows * k.columns;
  return k;
}

/// Tiles are worked on in units, of which all threads have some.
static struct context convolve_context(const struct st_winograd *s) {
  struct context k = context_of(s);
  size_t share = st_divide_up(k.tiles, (size_t)st_threads());
  size_t parts = st_divide_up(share, unit_tiles);
  k.unit = round_up(st_divide_up(share, parts), 2);
  k.v_step = k.unit * s->inputs / pack + line;
  k.m_step = k.unit * s->outputs + line;
  return k;
}

static size_t scratch(const struct st_winograd *s) {
  struct context k = convolve_context(s);
  return (size_t)st_threads() * areas * (k.v_step * sizeof(word) + k.m_step * sizeof(float));
}

static void convolve(void *y, const void *x, const void *u, const float *bias, const void *residual,
                     void *scratch, const struct st_winograd *s) {
  struct context k = convolve_context(s);
  k.y = y, k.x = x, k.u = u, k.bias = bias, k.residual = residual, k.scratch = scratch;
  st_parallel(st_divide_up(k.tiles, k.unit), &k, convolve_task);
}

#include "winograd_weight.h"
#include "winograd_training.h"
#include "winograd_gradient.h"

const struct winograd_variant ST_VARIANT(winograd) = {
    .weight_bytes = weight_bytes,
    .scratch = scratch,
    .gradient_scratch = gradient_scratch,
    .transform_weight = transform_weight,
    .convolve = convolve,
    .weight_gradient = weight_gradient,
    .training_scratch = training_scratch,
    .convolve_once = convolve_once,
};
