#pragma once
#include "attention.h"

/// Attention for one kind of elements and registers; the functions are those of attention.h.
struct attention_variant {
  size_t (*forward_scratch)(const struct st_attention *, size_t);
  void (*forward)(void *, float *, float *, const void *, const void *, const void *,
                  const struct st_attention *);
  size_t (*backward_scratch)(const struct st_attention *, size_t);
  void (*backward)(void *, void *, void *, float *, const void *, const void *, const float *,
                   const void *, const void *, const void *, const struct st_attention *);
};

extern const struct attention_variant attention_portable, attention_avx2, attention_avx512,
    attention_bfloat16;
