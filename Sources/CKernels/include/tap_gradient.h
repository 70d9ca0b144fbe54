#pragma once
#include <stddef.h>

#include "products.h"

// The gradient of a convolution's weight, tap by tap: each is a matrix product, inputs x pixels
// times pixels x outputs, in float32 or of bfloat16 with sums in float32. Its result does not depend on
// the number of threads.

/// Bytes that it needs beside its tensors, on as many threads as are set now.
size_t st_tap_gradient_scratch(const struct st_convolution *sizes);

/// dw, and db, of `outputs` floats or null, from x and dy.
void st_tap_gradient(float *dw, const struct st_weight *weight, float *db, const void *x,
                     const void *dy, void *scratch, const struct st_convolution *sizes);
