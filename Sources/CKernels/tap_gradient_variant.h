#pragma once
#include "tap_gradient.h"

/// The gradient of tap_gradient.h for one kind of elements.
struct tap_gradient_variant {
  size_t (*scratch)(const struct st_tap_gradient *);
  void (*gradient)(float *, const struct st_weight *, float *, const void *, const void *, void *,
                   const struct st_tap_gradient *);
};

extern const struct tap_gradient_variant tap_gradient_float32, tap_gradient_bfloat16;
