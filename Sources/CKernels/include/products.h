#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "element.h"

// What all has in common that is made of our own matrix products: winograd.h, tap_gradient.h and, where it
// is asked for, attention.h.

/// Whether loops run on what they take: AVX-512, and for bfloat16 its products (isa.h).
bool st_products_run(st_element element);

/// Where a convolution's weight (o, i, taps) lies: w[o * output_stride + i * taps + tap]; there are
/// `outputs` x `inputs` of them.
struct st_weight {
  size_t output_stride, outputs, inputs;
};
