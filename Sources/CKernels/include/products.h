#pragma once
#include <stddef.h>

#include "element.h"

// What convolutions of our own matrix products have in common: winograd.h, convolution.h and tap_gradient.h.
// In float32 they run on every instruction set, in bfloat16 on those with its products (isa.h).

/// Where a convolution's weight (o, i, taps) lies: w[o * output_stride + i * taps + tap]; there are
/// `outputs` x `inputs` of them.
struct st_weight {
  size_t output_stride, outputs, inputs;
};

/// The sizes of a convolution, of images in blocks of 16 channels.
struct st_convolution {
  size_t images, height, width; ///< of the input
  size_t output_height, output_width;
  size_t kernel_height, kernel_width, stride;
  size_t top, left;       ///< zeros that are padded there
  size_t inputs, outputs; ///< channels, whole blocks
  st_element element;
};
