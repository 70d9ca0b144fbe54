#pragma once
#include "convolution.h"

/// Convolutions for one kind of elements and registers; the functions are those of convolution.h.
struct convolution_variant {
  size_t (*scratch)(bool, const struct st_convolution *);
  void (*transform_weight)(void *, const float *, const struct st_weight *, bool,
                           const struct st_convolution *);
  void (*run)(void *, const void *, const void *, const float *, const void *, void *, bool,
              const struct st_convolution *);
};

extern const struct convolution_variant convolution_portable, convolution_avx2, convolution_avx512,
    convolution_bfloat16;
