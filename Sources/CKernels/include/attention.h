#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "element.h"

/// Scaled dot-product attention among an image's pixels (Vaswani et al. 2017, equation 1).
struct st_attention {
  size_t images, pixels, channels, heads;
  size_t lanes;       ///< channels in a block
  st_element element; ///< of the images
  /// Whether by our own matrix products (products.h), which take blocks of 16 channels and heads of whole
  /// blocks: of other heads most of a vector would be padding.
  bool by_products;
};

/// Floats that a thread needs beside the tensors, in the forward and in the backward pass.
size_t st_attention_scratch(const struct st_attention *sizes);

/// y = softmax(Q K^T / sqrt(d)) V, with d = channels / heads.
///
/// y, q, k, v: (N, C) blocked · logarithms: (N, heads, pixels), the softmax's logarithm of the sum,
/// saved · scratch: st_attention_scratch floats for each of st_threads() threads.
void st_attention_forward(void *y, float *logarithms, float *scratch, const void *q, const void *k,
                          const void *v, const struct st_attention *sizes);

/// The gradients of q, k and v.
void st_attention_backward(void *dq, void *dk, void *dv, float *scratch, const void *dy,
                           const void *y, const float *logarithms, const void *q, const void *k,
                           const void *v, const struct st_attention *sizes);
