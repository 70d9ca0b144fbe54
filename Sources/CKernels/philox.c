#include "philox.h"

#include <string.h>

#include "dispatch.h"

// A fused multiply-add rounds once where two operations round twice. Without it, every processor
// gives the same bytes.
#pragma clang fp contract(off)

// Blocks are made in groups that the compiler vectorizes across.
enum { GROUP_BLOCKS = 64, GROUP_WORDS = 4 * GROUP_BLOCKS };

ST_INLINE uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

ST_INLINE float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

// The natural logarithm of a positive normal number, to 1e-7 relative.
// x = 2^e (1 + f), 1 + f in [sqrt(1/2), sqrt(2)); log(1 + f) = f - f^2/2 + f^3 P(f), P minimax.
ST_INLINE float natural_log(float x) {
  const uint32_t root_half = 0x3f3504f3u;
  const uint32_t shifted = bits_of(x) + (0x3f800000u - root_half);
  const float e = (float)((int32_t)(shifted >> 23) - 127);
  const float f = float_of((shifted & 0x007fffffu) + root_half) - 1.0f;
  float p = -0.0763449739f;
  p = p * f + 0.127615774f;
  p = p * f - 0.131601822f;
  p = p * f + 0.142017579f;
  p = p * f - 0.166233574f;
  p = p * f + 0.200012269f;
  p = p * f - 0.25000821f;
  p = p * f + 0.333333317f;
  // ln 2 in two parts, the first of which e multiplies exactly.
  const float low = e * -2.12194440e-4f + f * f * (f * p - 0.5f);
  return e * 0.693359375f + (low + f);
}

// Cosine and sine of the fraction angle / 2^32 of a full turn, to 1e-7.
ST_INLINE void turn(uint32_t angle, float *cosine, float *sine) {
  // The nearest quarter turn, and the signed rest: x in [-pi/4, pi/4).
  const uint32_t quarter = (angle + 0x20000000u) >> 30;
  const float x = (float)(int32_t)(angle - (quarter << 30)) * 1.46291807927e-9f;
  const float z = x * x;
  float s = -0.00019517299f;
  s = s * z + 0.00833217815f;
  s = s * z - 0.166666549f;
  s = x + x * z * s;
  float c = 2.44384515e-05f;
  c = c * z - 0.00138873675f;
  c = c * z + 0.0416666469f;
  c = 1.0f + z * (z * c - 0.5f);
  // An odd number of quarters swaps the two; the signs follow from the quadrant.
  const uint32_t odd = 0u - (quarter & 1u);
  const uint32_t difference = (bits_of(s) ^ bits_of(c)) & odd;
  *cosine = float_of(bits_of(c) ^ difference ^ (((quarter + 1u) & 2u) << 30));
  *sine = float_of(bits_of(s) ^ difference ^ ((quarter & 2u) << 30));
}

// One number of each word of a group of blocks.
#define ST_EACH_WORD(number) \
  for (uint32_t i = 0; i < GROUP_BLOCKS; ++i) { \
    const st_philox_block b = st_philox4x32_10(block + i, stream); \
    out[4 * i] = number(b.word[0]); \
    out[4 * i + 1] = number(b.word[1]); \
    out[4 * i + 2] = number(b.word[2]); \
    out[4 * i + 3] = number(b.word[3]); \
  }

ST_INLINE void group_words(uint32_t *restrict out, st_random_stream stream, uint32_t block) {
  ST_EACH_WORD()
}

ST_INLINE void group_uniform(float *restrict out, st_random_stream stream, uint32_t block) {
  ST_EACH_WORD(st_uniform)
}

ST_INLINE float radius(uint32_t word) {
  return __builtin_elementwise_sqrt(-2.0f * natural_log(st_uniform_positive(word)));
}

// Box and Muller 1958: sqrt(-2 ln u) (cos 2 pi v, sin 2 pi v).
ST_INLINE void group_normal(float *restrict out, st_random_stream stream, uint32_t block) {
  for (uint32_t i = 0; i < GROUP_BLOCKS; ++i) {
    const st_philox_block b = st_philox4x32_10(block + i, stream);
    const float r0 = radius(b.word[0]), r1 = radius(b.word[2]);
    float c0, s0, c1, s1;
    turn(b.word[1], &c0, &s0);
    turn(b.word[3], &c1, &s1);
    out[4 * i] = r0 * c0;
    out[4 * i + 1] = r0 * s0;
    out[4 * i + 2] = r1 * c1;
    out[4 * i + 3] = r1 * s1;
  }
}

// Whole groups straight into `out`; the ragged ends by way of a buffer.
#define ST_FILL(name, element, group) \
  ST_INLINE void name##_body(element *out, st_random_stream stream, uint64_t first, \
                             size_t count) { \
    element buffer[GROUP_WORDS]; \
    uint32_t block = (uint32_t)(first / 4); \
    size_t skip = first % 4; \
    while (count > 0) { \
      size_t taken = GROUP_WORDS - skip; \
      if (skip == 0 && count >= GROUP_WORDS) { \
        group(out, stream, block); \
      } else { \
        taken = count < taken ? count : taken; \
        group(buffer, stream, block); \
        memcpy(out, buffer + skip, taken * sizeof *out); \
      } \
      out += taken; \
      count -= taken; \
      skip = 0; \
      block += GROUP_BLOCKS; \
    } \
  } \
  ST_DISPATCH(name##_fill, (element * out, st_random_stream stream, uint64_t first, size_t count), \
              (out, stream, first, count), name##_body(out, stream, first, count);) \
  void st_random_##name(element *out, st_random_stream stream, uint64_t first, size_t count) { \
    name##_fill(out, stream, first, count); \
  }

ST_FILL(words, uint32_t, group_words)
ST_FILL(uniform, float, group_uniform)
ST_FILL(normal, float, group_normal)
