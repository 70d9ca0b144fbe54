#pragma once
#include "vector.h"

// Words of products in float32 (product.h): a number each.

enum { pack = 1, image_element = st_float32 };
typedef float word;

ST_INLINE st_vector multiply_add(st_vector sum, word a, const word *b) {
  return sum + a * st_load(b);
}

/// Writes sixteen values of one channel each.
ST_INLINE void store_channels(word *to, st_vector v) { st_store(to, v); }

/// Writes values that are multiplied by others in `pack` rows, here one.
ST_INLINE void store_packed(word *to, const st_vector v[pack]) { st_store(to, v[0]); }
