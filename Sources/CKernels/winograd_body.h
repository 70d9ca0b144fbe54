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
  const void *x, *dy, *residual;
  const word *u;
  const float *bias;
  float *dw, *db;
  struct st_weight weight;
  struct st_winograd s;
  size_t rows, columns, tiles; ///< of tiles: down, across, in all images
  char *scratch;
  size_t unit;           ///< tiles that a thread works on at once
  size_t v_step, m_step; ///< from one area to the next
  // For weight gradients: tiles from `first` up to `last`, and what was summed up of those before.
  size_t first, last, y_step, du_step;
  word *v, *spread;
  float *du, *sums;
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
    for (size_t t = 0; t < count; t++) {
      st_vector values[areas], out[tile * tile];
      const float *from = m + t * k->s.outputs + block * st_width;
      UNROLLED_FOR (int a = 0; a < areas; a++) values[a] = st_load(from + a * k->m_step);
      transform_outputs(out, values);
      store_outputs(k, out, first + t, block);
    }
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
  k.rows = (s->height + tile - 1) / tile;
  k.columns = (s->width + tile - 1) / tile;
  k.tiles = s->images * k.rows * k.columns;
  return k;
}

/// Tiles are worked on in units, of which all threads have some.
static struct context convolve_context(const struct st_winograd *s) {
  struct context k = context_of(s);
  size_t share = (k.tiles + (size_t)st_threads() - 1) / (size_t)st_threads();
  size_t parts = (share + unit_tiles - 1) / unit_tiles;
  k.unit = round_up((share + parts - 1) / parts, 2);
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
  st_parallel((k.tiles + k.unit - 1) / k.unit, &k, convolve_task);
}

#include "winograd_weight.h"

// MARK: The weight's gradient

/// Transforms groups of tiles, of x and of dy, and sums up dy.
static void group_task(const void *context, size_t begin, size_t end) {
  const struct context *k = context;
  for (size_t unit = begin; unit < end; unit++) {
    size_t first = k->first + unit * group, last = smaller(first + group, k->last);
    for (size_t block = 0; block < k->s.inputs / st_width; block++)
      for (size_t t = first; t < last; t += pack) {
        st_vector values[pack][areas];
        UNROLLED_FOR (size_t p = 0; p < pack; p++) {
          if (t + p < k->tiles)
            inputs_of(values[p], k, t + p, block);
          else
            memset(values[p], 0, sizeof values[p]);
        }
        word *to = k->v + (t - k->first) / pack * k->s.inputs + block * st_width;
        UNROLLED_FOR (int a = 0; a < areas; a++) {
          st_vector packed[pack];
          UNROLLED_FOR (int p = 0; p < pack; p++) packed[p] = values[p][a];
          store_packed(to + a * k->v_step, packed);
        }
      }
    for (size_t block = 0; block < k->s.outputs / st_width; block++) {
      st_vector sum = {0};
      for (size_t t = first; t < last; t += pack) {
        st_vector values[pack][areas];
        UNROLLED_FOR (size_t p = 0; p < pack; p++) {
          st_vector dy[tile * tile] = {0};
          if (t + p < k->tiles) {
            struct place at = place_of(k, t + p);
            load_square(dy, tile, k->dy, plane(k, at.image, block, k->s.outputs), (ptrdiff_t)at.row,
                        (ptrdiff_t)at.column, &k->s);
          }
          spread_outputs(values[p], dy);
          // The second row of A is of ones, so this is the sum of the tile.
          sum += values[p][points + 1];
        }
        word *to = k->spread + (t - k->first) / pack * k->s.outputs + block * st_width;
        UNROLLED_FOR (int a = 0; a < areas; a++) {
          st_vector packed[pack];
          UNROLLED_FOR (int p = 0; p < pack; p++) packed[p] = values[p][a];
          store_packed(to + a * k->y_step, packed);
        }
      }
      st_store(k->sums + first / group * k->s.outputs + block * st_width, sum);
    }
  }
}

/// du += V^T Y for an area and some of its rows.
static void gradient_task(const void *context, size_t begin, size_t end) {
  const struct context *k = context;
  size_t parts = (k->s.inputs + gradient_rows - 1) / gradient_rows;
  size_t count = (k->last - k->first + pack - 1) / pack;
  for (size_t unit = begin; unit < end; unit++) {
    size_t a = unit / parts, row = unit % parts * gradient_rows;
    for (size_t c = 0; c < k->s.outputs; c += panel * st_width)
      long_product(k->du + a * k->du_step + row * k->s.outputs + c, k->s.outputs,
                   k->v + a * k->v_step + row, 1, k->s.inputs,
                   smaller(gradient_rows, k->s.inputs - row), k->spread + a * k->y_step + c,
                   k->s.outputs, smaller(k->s.outputs - c, panel * st_width) / st_width, count,
                   k->first > 0);
  }
}

/// dw = G^T du G for a block of outputs and sixteen inputs.
static void gather_task(const void *context, size_t begin, size_t end) {
  const struct context *k = context;
  for (size_t unit = begin; unit < end; unit++) {
    size_t input = unit / (k->s.outputs / st_width) * st_width;
    size_t output = unit % (k->s.outputs / st_width) * st_width;
    st_vector taps[st_width * 9];
    for (size_t i = 0; i < st_width; i++) {
      st_vector values[areas];
      UNROLLED_FOR (int a = 0; a < areas; a++)
        values[a] = st_load(k->du + a * k->du_step + (input + i) * k->s.outputs + output);
      gather_filters(taps + i * 9, values);
    }
    size_t count = smaller(st_width, k->weight.inputs - input) * 9;
    float *to = k->dw + output * k->weight.output_stride + input * 9;
    for (size_t t = 0; t < count; t += st_width)
      store_columns(to + t, k->weight.output_stride, k->weight.outputs - output, taps + t,
                    smaller(st_width, count - t));
  }
}

static struct context gradient_context(const struct st_winograd *s, size_t *chunk) {
  struct context k = context_of(s);
  size_t per_tile = areas * (s->inputs + s->outputs) * sizeof(word) / pack;
  *chunk = gradient_chunk(k.tiles, per_tile);
  k.v_step = *chunk / pack * s->inputs + line;
  k.y_step = *chunk / pack * s->outputs + line;
  k.du_step = s->inputs * s->outputs + line;
  return k;
}

static size_t gradient_scratch(const struct st_winograd *s) {
  size_t chunk;
  struct context k = gradient_context(s, &chunk);
  size_t sums = (k.tiles + group - 1) / group * s->outputs;
  return areas * ((k.v_step + k.y_step) * sizeof(word) + k.du_step * sizeof(float)) +
         sums * sizeof(float);
}

static void weight_gradient(float *dw, const struct st_weight *weight, float *db, const void *x,
                            const void *dy, void *scratch, const struct st_winograd *s) {
  size_t chunk;
  struct context k = gradient_context(s, &chunk);
  k.dw = dw, k.weight = *weight, k.x = x, k.dy = dy;
  k.v = scratch;
  k.spread = k.v + areas * k.v_step;
  k.du = (float *)(k.spread + areas * k.y_step);
  k.sums = k.du + areas * k.du_step;
  for (; k.first < k.tiles; k.first = k.last) {
    k.last = smaller(k.first + chunk, k.tiles);
    st_parallel((k.last - k.first + group - 1) / group, &k, group_task);
    st_parallel(areas * ((s->inputs + gradient_rows - 1) / gradient_rows), &k, gradient_task);
  }
  st_parallel(s->inputs / st_width * (s->outputs / st_width), &k, gather_task);
  if (db) add_groups(db, k.sums, (k.tiles + group - 1) / group, s->outputs);
}

const struct winograd_variant ST_VARIANT(winograd) = {
    .weight_bytes = weight_bytes,
    .scratch = scratch,
    .gradient_scratch = gradient_scratch,
    .transform_weight = transform_weight,
    .convolve = convolve,
    .weight_gradient = weight_gradient,
};
