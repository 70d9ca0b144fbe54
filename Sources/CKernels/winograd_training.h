// The part of winograd_body.h for a weight that is used once before it changes, as in training.
//
// Where tiles are few beside outputs, as in a network's deep layers, transforming all filters takes as long as the
// products do, and they do not stay in the caches. There a thread takes some outputs instead of some tiles, and transforms
// their filters when their turn comes, a chunk of inputs at a time; all tiles are transformed before. The sums are the same.

enum {
  chunk_inputs =
      128 / panel, ///< whose filters, of a panel of outputs, leave half of a second-level cache
  few_tiles = 128 / panel, ///< whose sums, of a panel of outputs, fill it
};

struct training_context {
  struct context tiles;
  struct filters filters;
  word *v;                       ///< (areas, chunks, tiles, inputs of a chunk)
  size_t rows;                   ///< tiles, an even number
  size_t width;                  ///< outputs of a unit of work
  size_t v_step, u_step, m_step; ///< from one area to the next
};

static struct training_context training_context(const struct st_winograd *s) {
  struct training_context k = {.tiles = context_of(s)};
  k.rows = round_up(k.tiles.tiles, 2);
  k.width = smaller(panel * st_width, s->outputs);
  k.v_step = k.rows * s->inputs / pack + line;
  k.u_step = chunk_inputs / pack * k.width + line;
  k.m_step = k.rows * k.width + line;
  return k;
}

ST_INLINE size_t inputs_of_chunk(const struct training_context *k, size_t first) {
  return smaller(chunk_inputs, k->tiles.s.inputs - first);
}

/// Transforms a chunk of inputs of a tile.
static void input_task(const void *context, size_t begin, size_t end) {
  const struct training_context *k = context;
  for (size_t unit = begin; unit < end; unit++) {
    size_t first = unit / k->tiles.tiles * chunk_inputs, t = unit % k->tiles.tiles;
    size_t inputs = inputs_of_chunk(k, first);
    word *to = k->v + (first * k->rows + t * inputs) / pack;
    for (size_t c = 0; c < inputs; c += st_width) {
      st_vector values[areas];
      inputs_of(values, &k->tiles, t, (first + c) / st_width);
      UNROLLED_FOR (int a = 0; a < areas; a++)
        store_channels(to + a * k->v_step + c / pack, values[a]);
    }
  }
}

/// Sums over all inputs, of all tiles and some outputs.
static void sum_inputs(const struct training_context *k, size_t output, size_t width, word *u,
                       float *m) {
  for (size_t first = 0; first < k->tiles.s.inputs; first += chunk_inputs) {
    size_t inputs = inputs_of_chunk(k, first);
    for (size_t i = 0; i < inputs; i += st_width)
      for (size_t c = 0; c < width; c += st_width)
        transform_block(u + i / pack * width + c, k->u_step, width, &k->filters, output + c,
                        first + i);
    for (size_t a = 0; a < areas; a++)
      product(m + a * k->m_step, width, k->v + a * k->v_step + first * k->rows / pack,
              inputs / pack, 1, k->rows, u + a * k->u_step, width, width / st_width, inputs / pack,
              first > 0);
  }
}

ST_INLINE size_t bytes_of_thread(const struct training_context *k) {
  return areas * (k->u_step * sizeof(word) + k->m_step * sizeof(float));
}

/// Some outputs of all tiles.
static void output_task(const void *context, size_t begin, size_t end) {
  const struct training_context *k = context;
  word *u = (word *)(k->tiles.scratch + (size_t)st_thread() * bytes_of_thread(k));
  float *m = (float *)(u + areas * k->u_step);
  for (size_t unit = begin; unit < end; unit++) {
    size_t output = unit * k->width, width = smaller(k->width, k->tiles.s.outputs - output);
    sum_inputs(k, output, width, u, m);
    for (size_t c = 0; c < width; c += st_width)
      for (size_t t = 0; t < k->tiles.tiles; t++)
        finish_tile(&k->tiles, m + t * width + c, k->m_step, t, (output + c) / st_width);
  }
}

/// Whether threads take outputs: only where as many of them have work as if they took tiles.
static bool takes_outputs(const struct training_context *k) {
  size_t units = st_divide_up(k->tiles.s.outputs, k->width);
  return k->tiles.tiles <= few_tiles && units >= smaller((size_t)st_threads(), k->rows / 2);
}

/// Enough for any smaller number of threads, too.
static size_t training_scratch(const struct st_winograd *s) {
  struct training_context k = training_context(s);
  size_t by_tiles = weight_bytes(s) + scratch(s);
  if (k.tiles.tiles > few_tiles) return by_tiles;
  return larger(by_tiles,
                areas * k.v_step * sizeof(word) + (size_t)st_threads() * bytes_of_thread(&k));
}

static void convolve_once(void *y, const void *x, const float *w, const struct st_weight *weight,
                          bool backward, const float *bias, const void *residual, void *scratch,
                          const struct st_winograd *s) {
  struct training_context k = training_context(s);
  if (!takes_outputs(&k)) {
    transform_weight(scratch, w, weight, backward, s);
    convolve(y, x, scratch, bias, residual, (char *)scratch + weight_bytes(s), s);
    return;
  }
  k.tiles.y = y, k.tiles.x = x, k.tiles.bias = bias, k.tiles.residual = residual;
  k.filters = (struct filters){w, *weight, 9, backward};
  k.v = scratch;
  k.tiles.scratch = (char *)(k.v + areas * k.v_step);
  st_parallel(k.tiles.tiles * st_divide_up(s->inputs, chunk_inputs), &k, input_task);
  st_parallel(st_divide_up(s->outputs, k.width), &k, output_task);
}
