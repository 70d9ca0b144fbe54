#pragma once
#include "attention.h"

/// Attention for one kind of elements; the functions are those of attention.h.
struct attention_variant {
  size_t (*scratch)(const struct st_attention *);
  void (*forward)(void *, float *, float *, const void *, const void *, const void *,
                  const struct st_attention *);
  void (*backward)(void *, void *, void *, float *, const void *, const void *, const float *,
                   const void *, const void *, const void *, const struct st_attention *);
};

/// On any processor.
extern const struct attention_variant attention_generic;

/// Of heads of whole blocks of 16 channels, where `st_products_run`.
extern const struct attention_variant attention_float32, attention_bfloat16;
