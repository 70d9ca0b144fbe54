#pragma once
#include "product.h"

// A convolution's weight as kernels read it (products.h): sixteen outputs side by side.

struct filters {
  const float *w;
  struct st_weight weight;
  size_t taps;   ///< of a filter
  bool backward; ///< Whether what are the weight's outputs are inputs here, and its inputs outputs.
};

/// The elements from the `first` on, where `known` are given; zeros behind them.
ST_INLINE st_vector load_known(const float *x, size_t known, size_t first) {
  if (first + st_width <= known) return st_load(x + first);
  return first < known ? st_load_part(x + first, known - first) : (st_vector){0};
}

/// The filters of sixteen outputs and inputs: tap t of input i becomes vector i * taps + t.
///
/// - Parameter taps: k->taps, a constant where that is one.
ST_INLINE void load_filters(st_vector *to, const struct filters *k, size_t output, size_t input,
                            const size_t taps) {
  size_t row = k->backward ? input : output, column = k->backward ? output : input;
  size_t rows = smaller(st_width, k->weight.outputs - smaller(row, k->weight.outputs));
  size_t known = (k->weight.inputs - smaller(column, k->weight.inputs)) * taps;
  const float *from = k->w + row * k->weight.output_stride + column * taps;
  st_vector v[st_width];
  if (!k->backward) {
    for (size_t i = 0; i < taps; i++) {
      UNROLLED_FOR (size_t o = 0; o < st_width; o++)
        v[o] = o < rows ? load_known(from + o * k->weight.output_stride, known, i * st_width)
                        : (st_vector){0};
      transpose(v);
      UNROLLED_FOR (size_t r = 0; r < st_width; r++) to[i * st_width + r] = v[r];
    }
    return;
  }
  for (size_t i = 0; i < st_width; i++, from += k->weight.output_stride)
    for (size_t first = 0; first < taps; first += st_width) {
      UNROLLED_FOR (size_t o = 0; o < st_width; o++)
        v[o] = i < rows ? load_known(from, known, o * taps + first) : (st_vector){0};
      transpose(v);
      for (size_t t = first; t < smaller(first + st_width, taps); t++)
        to[i * taps + t] = v[t - first];
    }
}
