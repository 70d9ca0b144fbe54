#pragma once
#include "vector.h"

// Words of products in bfloat16 (product.h), with NEON: two numbers each, the first in the lower half.

enum { pack = 2, image_element = st_bfloat16 };
typedef uint32_t word;
typedef uint16_t number;

/// Sixteen floats as the registers they lie in.
struct quarters {
  float32x4_t of[4];
};

ST_INLINE struct quarters quarters_of(st_vector v) {
  struct quarters q;
  memcpy(&q, &v, sizeof q);
  return q;
}

ST_INLINE st_vector vector_of(struct quarters q) {
  st_vector v;
  memcpy(&v, &q, sizeof v);
  return v;
}

ST_INLINE st_vector multiply_add(st_vector sum, word a, const word *b) {
  struct quarters s = quarters_of(sum);
  bfloat16x8_t factor = vreinterpretq_bf16_u32(vdupq_n_u32(a));
  UNROLLED_FOR (int i = 0; i < 4; i++)
    s.of[i] = vbfdotq_f32(s.of[i], factor, vreinterpretq_bf16_u32(vld1q_u32(b + 4 * i)));
  return vector_of(s);
}

/// As `multiply_add`, of words in registers.
ST_INLINE st_vector multiply_add_words(st_vector sum, st_words a, st_words b) {
  struct quarters s = quarters_of(sum);
  bfloat16x8_t x[4], y[4];
  memcpy(x, &a, sizeof x);
  memcpy(y, &b, sizeof y);
  UNROLLED_FOR (int i = 0; i < 4; i++) s.of[i] = vbfdotq_f32(s.of[i], x[i], y[i]);
  return vector_of(s);
}

/// Rounded to the nearest.
ST_INLINE st_halves numbers_from(st_vector v) {
  struct quarters q = quarters_of(v);
  bfloat16x8_t numbers[2];
  UNROLLED_FOR (int i = 0; i < 2; i++)
    numbers[i] = vcvtq_high_bf16_f32(vcvtq_low_bf16_f32(q.of[2 * i]), q.of[2 * i + 1]);
  st_halves halves;
  memcpy(&halves, numbers, sizeof halves);
  return halves;
}

/// The numbers of two rows, pair by pair.
ST_INLINE st_words interleaved(st_halves low, st_halves high) {
  return (st_words)__builtin_shufflevector(low, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6,
                                           22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29,
                                           14, 30, 15, 31);
}

/// Writes sixteen values of one channel each.
ST_INLINE void store_channels(word *to, st_vector v) {
  st_halves numbers = numbers_from(v);
  memcpy(to, &numbers, sizeof numbers);
}

/// Values that are multiplied by others in `pack` rows, pair by pair.
ST_INLINE st_words packed(const st_vector v[pack]) {
  return interleaved(numbers_from(v[0]), numbers_from(v[1]));
}

ST_INLINE void store_packed(word *to, const st_vector v[pack]) {
  st_words words = packed(v);
  memcpy(to, &words, sizeof words);
}

/// As `store_packed` of sixteen numbers each of `pack` rows, `stride` words apart.
ST_INLINE void pack_numbers(word *to, const word *rows, size_t stride) {
  st_halves low, high;
  memcpy(&low, rows, sizeof low);
  memcpy(&high, rows + stride, sizeof high);
  st_words words = interleaved(low, high);
  memcpy(to, &words, sizeof words);
}

/// Writes a panel of each of two rows: as numbers in rows, and packed.
ST_INLINE void store_rows_and_packed(word *rows, word *packed, st_vector v[2][ST_PANEL]) {
  UNROLLED_FOR (int c = 0; c < ST_PANEL; c++) {
    st_halves low = numbers_from(v[0][c]), high = numbers_from(v[1][c]);
    st_words both = interleaved(low, high);
    memcpy(rows + c * (st_width / 2), &low, sizeof low);
    memcpy(rows + (ST_PANEL + c) * (st_width / 2), &high, sizeof high);
    memcpy(packed + c * st_width, &both, sizeof both);
  }
}

/// The first and the second numbers of words.
ST_INLINE void numbers_of(st_vector v[pack], const word *words) {
  st_words both;
  memcpy(&both, words, sizeof both);
  v[0] = (st_vector)(both << 16);
  v[1] = (st_vector)(both & 0xffff0000);
}

/// Sixteen values as numbers in a row.
ST_INLINE void store_numbers(number *to, st_vector v, const size_t count) {
  st_halves numbers = numbers_from(v);
  memcpy(to, &numbers, count * sizeof *to);
}
