#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "element.h"

// What convolutions of our own matrix products have in common: winograd.h and tap_gradient.h.

/// Whether loops run on what they take: AVX-512, and for bfloat16 its products (isa.h).
bool st_products_run(st_element element);

/// Where a convolution's weight (o, i, taps) lies: w[o * output_stride + i * taps + tap]; there are
/// `outputs` x `inputs` of them.
struct st_weight {
  size_t output_stride, outputs, inputs;
};
