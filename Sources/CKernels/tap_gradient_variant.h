#pragma once
#include "tap_gradient.h"

/// The gradient of tap_gradient.h for one kind of elements and registers.
struct tap_gradient_variant {
  size_t (*scratch)(const struct st_convolution *);
  void (*gradient)(float *, const struct st_weight *, float *, const void *, const void *, void *,
                   const struct st_convolution *);
};

extern const struct tap_gradient_variant tap_gradient_portable, tap_gradient_avx2,
    tap_gradient_avx512, tap_gradient_bfloat16;
