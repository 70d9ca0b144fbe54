#pragma once
#include <stddef.h>

#include "element.h"
#include "products.h"

// The gradient of a convolution's weight, tap by tap: each is a matrix product, inputs x pixels
// times pixels x outputs, in float32 or of bfloat16 with sums in float32. It runs where
// `st_products_run`, and its result does not depend on the number of threads.

/// The sizes of a convolution, of images in blocks of 16 channels.
struct st_tap_gradient {
  size_t images, height, width; ///< of the input
  size_t output_height, output_width;
  size_t kernel_height, kernel_width, stride;
  size_t top, left;       ///< zeros that are padded there
  size_t inputs, outputs; ///< channels, whole blocks
  st_element element;
};

/// Bytes that it needs beside its tensors.
size_t st_tap_gradient_scratch(const struct st_tap_gradient *sizes);

/// dw, and db, of `outputs` floats or null, from x and dy.
void st_tap_gradient(float *dw, const struct st_weight *weight, float *db, const void *x,
                     const void *dy, void *scratch, const struct st_tap_gradient *sizes);
