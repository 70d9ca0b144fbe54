#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "products.h"

// Any convolution, or its gradient by the input, as one matrix product: pixels x (taps, inputs) times
// (taps, inputs) x outputs, of which the first is gathered from the image, a part of it at a time. In float32, or
// of bfloat16 with sums in float32. Results depend neither on the number of threads nor on other images.
//
// `backward` is the gradient: the same with the filters turned, of dy. Where the stride is s, the pixels of every
// s-th row and column are a product of their own, with those taps that reach an output.

/// Bytes of a transformed weight.
size_t st_convolution_weight_bytes(const struct st_convolution *sizes);

/// Bytes that a convolution needs beside its tensors, on as many threads as are set now.
size_t st_convolution_scratch(bool backward, const struct st_convolution *sizes);

/// u: the transformed weight.
void st_convolution_transform_weight(void *u, const float *w, const struct st_weight *weight,
                                     bool backward, const struct st_convolution *sizes);

/// y = convolution of x (+ bias) (+ residual); or, `backward`, dx (y) from dy (x). The bias, of as many floats as y
/// has channels, and the residual may be null, and the residual may be y.
void st_convolution_run(void *y, const void *x, const void *u, const float *bias,
                        const void *residual, void *scratch, bool backward,
                        const struct st_convolution *sizes);
