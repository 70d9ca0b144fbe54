#pragma once
#include "winograd.h"

/// Winograd's convolution for one kind of elements and registers; the functions are those of winograd.h.
struct winograd_variant {
  size_t (*weight_bytes)(const struct st_winograd *);
  size_t (*scratch)(const struct st_winograd *);
  size_t (*training_scratch)(const struct st_winograd *);
  size_t (*gradient_scratch)(const struct st_winograd *);
  void (*transform_weight)(void *, const float *, const struct st_weight *, bool,
                           const struct st_winograd *);
  void (*convolve)(void *, const void *, const void *, const float *, const void *, void *,
                   const struct st_winograd *);
  void (*convolve_once)(void *, const void *, const float *, const struct st_weight *, bool,
                        const float *, const void *, void *, const struct st_winograd *);
  void (*weight_gradient)(float *, const struct st_weight *, float *, const void *, const void *,
                          void *, const struct st_winograd *);
};

extern const struct winograd_variant winograd_portable, winograd_avx2, winograd_avx512,
    winograd_bfloat16;
