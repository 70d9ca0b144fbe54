// The part of winograd_body.h that reads a weight and transforms its filters.

static size_t weight_bytes(const struct st_winograd *s) {
  return areas * weight_step(s) * sizeof(word);
}

struct filters {
  word *u;
  const float *w;
  struct st_weight weight;
  bool backward;
  struct st_winograd s;
};

/// The elements from the `first` on, where `known` are given; zeros behind them.
ST_INLINE st_vector load_known(const float *x, size_t known, size_t first) {
  if (first + st_width <= known) return st_load(x);
  return first < known ? st_load_part(x, known - first) : (st_vector){0};
}

/// The filters of sixteen outputs, those of one input after those of another.
ST_INLINE void load_filters(st_vector taps[st_width * 9], const struct filters *k, size_t output,
                            size_t input) {
  size_t outputs = smaller(st_width, k->weight.outputs - smaller(output, k->weight.outputs));
  size_t known = (k->weight.inputs - smaller(input, k->weight.inputs)) * 9;
  for (size_t i = 0; i < 9; i++) {
    st_vector rows[st_width];
    const float *from = k->w + output * k->weight.output_stride + input * 9 + i * st_width;
    UNROLLED_FOR (size_t o = 0; o < st_width; o++)
      rows[o] = o < outputs ? load_known(from + o * k->weight.output_stride, known, i * st_width)
                            : (st_vector){0};
    transpose(rows);
    UNROLLED_FOR (size_t r = 0; r < st_width; r++) taps[i * st_width + r] = rows[r];
  }
}

/// The vectors a, b, c, one after the other, as every third element from the first, second, third.
ST_INLINE void every_third(st_vector out[3], st_vector a, st_vector b, st_vector c) {
  st_vector first =
      __builtin_shufflevector(a, b, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, -1, -1, -1, -1, -1);
  st_vector second =
      __builtin_shufflevector(a, b, 1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, -1, -1, -1, -1, -1);
  st_vector third =
      __builtin_shufflevector(a, b, 2, 5, 8, 11, 14, 17, 20, 23, 26, 29, -1, -1, -1, -1, -1, -1);
  out[0] = __builtin_shufflevector(first, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29);
  out[1] = __builtin_shufflevector(second, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 21, 24, 27, 30);
  out[2] = __builtin_shufflevector(third, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 19, 22, 25, 28, 31);
}

/// As `load_filters`, of the convolution backward: what was an output is an input, and a filter is
/// turned by 180 degrees.
ST_INLINE void load_turned_filters(st_vector taps[st_width * 9], const struct filters *k,
                                   size_t output, size_t input) {
  size_t inputs = smaller(st_width, k->weight.outputs - smaller(input, k->weight.outputs));
  size_t known = (k->weight.inputs - smaller(output, k->weight.inputs)) * 9;
  for (size_t i = 0; i < st_width; i++) {
    st_vector in_row[9], thirds[9], ninths[3];
    const float *from = k->w + (input + i) * k->weight.output_stride + output * 9;
    UNROLLED_FOR (size_t v = 0; v < 9; v++)
      in_row[v] =
          i < inputs ? load_known(from + v * st_width, known, v * st_width) : (st_vector){0};
    UNROLLED_FOR (int v = 0; v < 3; v++) {
      st_vector out[3];
      every_third(out, in_row[3 * v], in_row[3 * v + 1], in_row[3 * v + 2]);
      UNROLLED_FOR (int b = 0; b < 3; b++) thirds[3 * b + v] = out[b];
    }
    UNROLLED_FOR (int b = 0; b < 3; b++) {
      every_third(ninths, thirds[3 * b], thirds[3 * b + 1], thirds[3 * b + 2]);
      UNROLLED_FOR (int a = 0; a < 3; a++) taps[i * 9 + (size_t)(8 - 3 * a - b)] = ninths[a];
    }
  }
}

/// Transforms the filters of sixteen outputs and sixteen inputs.
static void weight_task(const void *context, size_t begin, size_t end) {
  const struct filters *k = context;
  size_t depth = k->s.inputs / pack;
  for (size_t unit = begin; unit < end; unit++) {
    size_t input = unit / (k->s.outputs / st_width) * st_width;
    size_t output = unit % (k->s.outputs / st_width) * st_width;
    st_vector taps[st_width * 9];
    if (k->backward)
      load_turned_filters(taps, k, output, input);
    else
      load_filters(taps, k, output, input);
    size_t c = output / (panel * st_width) * (panel * st_width);
    size_t width = smaller(k->s.outputs - c, panel * st_width);
    for (size_t i = 0; i < st_width; i += pack) {
      st_vector values[pack][areas];
      UNROLLED_FOR (size_t p = 0; p < pack; p++) transform_filters(values[p], taps + (i + p) * 9);
      word *to = k->u + c * depth + (input + i) / pack * width + (output - c);
      UNROLLED_FOR (size_t a = 0; a < areas; a++) {
        st_vector packed[pack];
        UNROLLED_FOR (int p = 0; p < pack; p++) packed[p] = values[p][a];
        store_packed(to + a * weight_step(&k->s), packed);
      }
    }
  }
}

static void transform_weight(void *u, const float *w, const struct st_weight *weight, bool backward,
                             const struct st_winograd *s) {
  struct filters k = {.u = u, .w = w, .weight = *weight, .backward = backward, .s = *s};
  st_parallel(s->inputs / st_width * (s->outputs / st_width), &k, weight_task);
}
