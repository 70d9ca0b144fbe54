#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "dispatch.h"
#include "element.h"
#include "parallel.h"

// Activations are images of blocks of 16 channels: element (n, c, p) of N images, C channels and P
// pixels lies at ((n * blocks + c / 16) * P + p) * 16 + c % 16. Channels past C in the last block are
// zero. A vector of 16 floats (one AVX-512 register) is a pixel of a block.

/// Defines `NAME_task`, an st_task of parallel.h that is compiled for each instruction set.
#define ST_TASK(name) \
  ST_INLINE void name##_body(const void *context, size_t begin, size_t end); \
  ST_DISPATCH(name##_task, (const void *context, size_t begin, size_t end), (context, begin, end), \
              name##_body(context, begin, end);) \
  ST_INLINE void name##_body(const void *context, size_t begin, size_t end)

/// As ST_TASK, twice: the body gets `element`, a constant in each, and `NAME_task(element)` chooses.
#define ST_IMAGE_TASK(name) \
  ST_INLINE void name##_body(const void *context, size_t begin, size_t end, st_element element); \
  ST_DISPATCH(name##_float32, (const void *context, size_t begin, size_t end), \
              (context, begin, end), name##_body(context, begin, end, st_float32);) \
  ST_DISPATCH(name##_bfloat16, (const void *context, size_t begin, size_t end), \
              (context, begin, end), name##_body(context, begin, end, st_bfloat16);) \
  static st_task name##_task(st_element element) { \
    return element == st_bfloat16 ? name##_bfloat16 : name##_float32; \
  } \
  ST_INLINE void name##_body(const void *context, size_t begin, size_t end, st_element element)

#define UNROLLED_FOR(...) _Pragma("clang loop unroll(full)") for (__VA_ARGS__)

/// Vectors of outputs and rows that a product works on at once (product.h): what registers there are.
#ifndef ST_PANEL
#define ST_PANEL 4
#endif
#ifndef ST_ROWS
#define ST_ROWS 6
#endif

// Vectors are passed between inlined functions only, so there is no ABI to differ.
#pragma clang diagnostic ignored "-Wpsabi"

ST_INLINE size_t st_divide_up(size_t a, size_t b) { return (a + b - 1) / b; }

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

typedef uint32_t st_words __attribute__((vector_size(64)));
typedef uint16_t st_halves __attribute__((vector_size(32)));

/// The floats whose upper halves are given.
ST_INLINE st_vector st_from_halves(st_halves halves) {
  st_words bits = __builtin_convertvector(halves, st_words) << 16;
  st_vector v;
  memcpy(&v, &bits, sizeof v);
  return v;
}

/// Upper halves of floats, rounded to the nearest, ties to even.
ST_INLINE st_halves st_to_halves(st_vector v) {
  st_words bits;
  memcpy(&bits, &v, sizeof bits);
  return __builtin_convertvector((bits + 0x7fff + ((bits >> 16) & 1)) >> 16, st_halves);
}

// Images' elements of either kind, counted from x in elements; arithmetic is always in float.

ST_INLINE size_t st_element_size(st_element element) { return element == st_bfloat16 ? 2 : 4; }

ST_INLINE const void *st_element_at(const void *x, size_t i, st_element element) {
  return (const char *)x + i * st_element_size(element);
}

ST_INLINE void *st_mutable_element_at(void *x, size_t i, st_element element) {
  return (char *)x + i * st_element_size(element);
}

/// `count` elements from the i-th, at most 16, and zeros behind them.
ST_INLINE st_vector st_load_elements(const void *x, size_t i, size_t count, st_element element) {
  x = st_element_at(x, i, element);
  if (element == st_float32) return count == st_width ? st_load(x) : st_load_part(x, count);
  st_halves halves = {0};
  if (count == st_width)
    memcpy(&halves, x, sizeof halves);
  else
    memcpy(&halves, x, count * sizeof(uint16_t));
  return st_from_halves(halves);
}

ST_INLINE void st_store_elements(void *x, size_t i, st_vector v, size_t count, st_element element) {
  x = st_mutable_element_at(x, i, element);
  if (element == st_float32) {
    if (count == st_width)
      st_store(x, v);
    else
      st_store_part(x, v, count);
    return;
  }
  st_halves halves = st_to_halves(v);
  if (count == st_width)
    memcpy(x, &halves, sizeof halves);
  else
    memcpy(x, &halves, count * sizeof(uint16_t));
}

ST_INLINE float st_load_element(const void *x, size_t i, st_element element) {
  if (element == st_float32) return ((const float *)x)[i];
  uint32_t bits = (uint32_t)((const uint16_t *)x)[i] << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

ST_INLINE void st_store_element(void *x, size_t i, float value, st_element element) {
  if (element == st_float32) {
    ((float *)x)[i] = value;
    return;
  }
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  ((uint16_t *)x)[i] = (uint16_t)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

ST_INLINE st_vector st_broadcast(float x) { return x - (st_vector){0}; }

/// The first `count` lanes, and zeros behind them.
ST_INLINE st_vector st_first_lanes(st_vector v, size_t count) {
  const st_integers numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return (st_vector)((st_integers)v & (numbers < (int32_t)(count < st_width ? count : st_width)));
}

/// The lanes' sum, in pairs.
ST_INLINE float st_sum(st_vector v) {
  v += __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  v += __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
  v += __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
  return v[0] + v[1];
}

/// The two halves, in turn.
ST_INLINE st_vector st_zip_halves(st_vector v) {
  return __builtin_shufflevector(v, v, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
}

/// Two words again and again.
ST_INLINE st_words st_repeat_2(const void *words) {
  uint64_t both;
  memcpy(&both, words, sizeof both);
  typedef uint64_t pairs __attribute__((vector_size(64)));
  return (st_words)(both - (pairs){0});
}

/// e^x of numbers up to 88, to about 2 units in the last place near 0 and |x| / 4 further out; it saturates at e^-87,
/// which it also is of NaN.
///
/// 2^n 2^r with n the nearest whole number to x log2(e) and a polynomial for 2^r, |r| <= 1/2 (the
/// coefficients are those of exp2f in Cephes, Moshier 1992).
ST_INLINE st_vector st_exp(st_vector x) {
  x = __builtin_elementwise_max(x, st_broadcast(-87.0f));
  // Adding 1.5 * 2^23 rounds to a whole number, which is then in the low bits.
  const float shift = 12582912.0f, log2_e = 1.44269504f;
  st_vector t = x * log2_e + shift;
  st_vector r = x * log2_e - (t - shift);
  st_vector p = r * 1.535336188e-4f + 1.339887440e-3f;
  p = p * r + 9.618437357e-3f;
  p = p * r + 5.550332471e-2f;
  p = p * r + 2.402264791e-1f;
  p = p * r + 6.931472028e-1f;
  p = p * r + 1.0f;
  return (st_vector)((st_integers)p + ((st_integers)t << 23));
}

/// 2^r, |r| <= 1/2, by the polynomial of degree 5 whose largest relative error is the smallest, 7.5e-8.
ST_INLINE st_vector st_exp2_of_part(st_vector r) {
  st_vector p = r * 1.327647198e-3f + 9.675541334e-3f;
  p = p * r + 5.550713274e-2f;
  p = p * r + 2.402211972e-1f;
  p = p * r + 6.931469671e-1f;
  return p * r + 1.000000072f;
}

/// What is left of x beside the nearest whole number n, and 2^n; past float's range that is 0 or 2^127. What is left of
/// a NaN or of infinity is NaN, so that nothing hides it. From 2^22 on it is more than 1/2, but of no use.
ST_INLINE st_vector st_split_exponent(st_vector *power, st_vector x) {
  // As in st_exp, and n + 127 is the exponent of 2^n as floats have it.
  const float shift = 12582912.0f + 127;
  st_vector t = x + shift;
  st_vector r = x - (t - shift);
  t = __builtin_elementwise_max(t, st_broadcast(shift - 127));
  t = __builtin_elementwise_min(t, st_broadcast(shift + 127));
  *power = (st_vector)((st_integers)t << 23);
  return r;
}

/// 2^x of any number; past float's range it saturates.
ST_INLINE st_vector st_exp2(st_vector x) {
  st_vector power, r = st_split_exponent(&power, x);
  return st_exp2_of_part(r) * power;
}

/// The logarithm to the base 2 of numbers above 0, by the series of the area tangent.
ST_INLINE st_vector st_log2(st_vector x) {
  // x = 2^n m with m from sqrt(1/2) to sqrt(2).
  const int32_t half = 0x3f3504f3;
  st_integers n = ((st_integers)x - half) >> 23;
  st_vector m = (st_vector)((st_integers)x - (n << 23));
  st_vector t = (m - 1.0f) / (m + 1.0f), u = t * t;
  st_vector p = u * (2.0f / 9) + 2.0f / 7;
  p = p * u + 2.0f / 5;
  p = p * u + 2.0f / 3;
  p = p * u + 2.0f;
  return __builtin_convertvector(n, st_vector) + p * t * 1.44269504f;
}

/// x, or `least` where it is less; of NaN, NaN.
ST_INLINE st_vector st_at_least(st_vector x, float least) {
  st_integers is_less = x < least;
  return (st_vector)(((st_integers)st_broadcast(least) & is_less) | ((st_integers)x & ~is_less));
}

/// Below this SiLU and its derivative are as good as 0: -5e-37.
static const float st_least_of_silu = -88;

/// 1 / (1 + e^-x) of numbers from `st_least_of_silu` on.
ST_INLINE st_vector st_sigmoid(st_vector x) { return 1.0f / (1.0f + st_exp(-x)); }

/// x / (1 + e^-x).
ST_INLINE st_vector st_silu(st_vector x) {
  x = st_at_least(x, st_least_of_silu);
  return x * st_sigmoid(x);
}

/// The derivative of `st_silu`.
ST_INLINE st_vector st_silu_slope(st_vector x) {
  x = st_at_least(x, st_least_of_silu);
  st_vector s = st_sigmoid(x);
  return s * (1 + x * (1 - s));
}
