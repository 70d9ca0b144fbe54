#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Activations are images of blocks of B channels: element (n, c, p) of N images, C channels and P
// pixels lies at ((n * blocks + c / B) * P + p) * B + c % B. B is 16 (one AVX-512 register) or 8.
// Channels past C in the last block are zero. A block is P * B floats in a row, which are worked on
// 16 at a time: one pixel, or two where B is 8.

#if defined(__x86_64__) && defined(__ELF__)
/// Compiled for three generations of processors; the loader takes the best that runs.
#define ST_DISPATCH __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define ST_DISPATCH
#endif

#define ST_INLINE static inline __attribute__((always_inline))

/// Defines `NAME_task`, an st_task of parallel.h that is compiled for each generation. Its body is
/// inlined into all of them, and only there do vectors get their registers.
#define ST_TASK(name) \
  ST_INLINE void name##_body(const void *context, size_t begin, size_t end); \
  ST_DISPATCH static void name##_task(const void *context, size_t begin, size_t end) { \
    name##_body(context, begin, end); \
  } \
  ST_INLINE void name##_body(const void *context, size_t begin, size_t end)

// Vectors are passed between inlined functions only, so there is no ABI to differ.
#pragma clang diagnostic ignored "-Wpsabi"

enum { st_width = 16 };
typedef float st_vector __attribute__((vector_size(64)));
typedef int32_t st_integers __attribute__((vector_size(64)));

ST_INLINE st_vector st_load(const float *x) {
  st_vector v;
  memcpy(&v, x, sizeof v);
  return v;
}

ST_INLINE void st_store(float *x, st_vector v) { memcpy(x, &v, sizeof v); }

/// The first `count` floats, and zeros behind them.
ST_INLINE st_vector st_load_part(const float *x, size_t count) {
  st_vector v = {0};
  memcpy(&v, x, count * sizeof *x);
  return v;
}

ST_INLINE void st_store_part(float *x, st_vector v, size_t count) {
  memcpy(x, &v, count * sizeof *x);
}

ST_INLINE st_vector st_broadcast(float x) { return x - (st_vector){0}; }

/// e^x to 2 units in the last place; past float's range it saturates.
///
/// 2^n e^r with |r| <= ln 2 / 2 and Taylor's polynomial of degree 7 for e^r.
ST_INLINE st_vector st_exp(st_vector x) {
  x = __builtin_elementwise_max(x, st_broadcast(-87.0f));
  x = __builtin_elementwise_min(x, st_broadcast(88.0f));
  st_vector t = x * 1.44269504f;
  st_vector half = __builtin_elementwise_copysign(st_broadcast(0.5f), t);
  st_integers n = __builtin_convertvector(t + half, st_integers);
  st_vector whole = __builtin_convertvector(n, st_vector);
  st_vector r = x - whole * 0.693145752f - whole * 1.42860677e-6f;
  st_vector p = r * 1.98412698e-4f + 1.38888889e-3f;
  p = p * r + 8.33333333e-3f;
  p = p * r + 4.16666667e-2f;
  p = p * r + 1.66666667e-1f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  st_integers bits = (n + 127) << 23;
  st_vector scale;
  memcpy(&scale, &bits, sizeof scale);
  return p * scale;
}

ST_INLINE st_vector st_sigmoid(st_vector x) { return 1.0f / (1.0f + st_exp(-x)); }
