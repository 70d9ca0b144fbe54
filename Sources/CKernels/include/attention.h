#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "element.h"

/// Scaled dot-product attention among an image's pixels (Vaswani et al. 2017, equation 1), in pieces of which none
/// holds all scores of a head (Dao 2022).
struct st_attention {
  size_t images, pixels, channels, heads;
  st_element element; ///< of the images; bfloat16 where its products are (isa.h)
};

/// Floats that `threads` threads need beside the tensors.
size_t st_attention_forward_scratch(const struct st_attention *sizes, size_t threads);
size_t st_attention_backward_scratch(const struct st_attention *sizes, size_t threads);

/// y = softmax(Q K^T / sqrt(d)) V, with d = channels / heads.
///
/// y, q, k, v: (N, C) blocked · logarithms: (N, heads, pixels), the softmax's logarithm of the sum,
/// saved · scratch: st_attention_forward_scratch floats for st_threads() threads.
void st_attention_forward(void *y, float *logarithms, float *scratch, const void *q, const void *k,
                          const void *v, const struct st_attention *sizes);

/// The gradients of q, k and v.
void st_attention_backward(void *dq, void *dk, void *dv, float *scratch, const void *dy,
                           const void *y, const float *logarithms, const void *q, const void *k,
                           const void *v, const struct st_attention *sizes);
