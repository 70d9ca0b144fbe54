// Random numbers as pure functions of a key and a counter: Philox4x32-10 (Salmon et al. 2011,
// "Parallel random numbers: as easy as 1, 2, 3"). All of them give the same bytes on every processor.
#ifndef ST_PHILOX_H
#define ST_PHILOX_H

#include <stddef.h>
#include <stdint.h>

/// Four words of random bits: one block of a stream.
typedef struct {
  uint32_t word[4];
} st_philox_block;

/// A stream: the key, and the three words of the counter that stay fixed within a tensor.
typedef struct {
  /// The key; its low half is Philox's first key word.
  uint64_t seed;
  /// Timestep or training step: the counter's second word.
  uint32_t step;
  /// Image, or position in an epoch's order: the counter's third word.
  uint32_t index;
  /// Purpose in the low 8 bits, site in the others: the counter's fourth word.
  uint32_t stream;
} st_random_stream;

/// Block number `block` of `stream`: Philox4x32-10 of the counter (block, step, index, stream).
static inline __attribute__((always_inline)) st_philox_block st_philox4x32_10(
    uint32_t block, st_random_stream stream) {
  uint32_t c0 = block, c1 = stream.step, c2 = stream.index, c3 = stream.stream;
  uint32_t k0 = (uint32_t)stream.seed, k1 = (uint32_t)(stream.seed >> 32);
#pragma clang loop unroll(full)
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
    c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
    c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c1 = (uint32_t)p1;
    c3 = (uint32_t)p0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return (st_philox_block){{c0, c1, c2, c3}};
}

/// A random word as a number of [0, 1): its upper 24 bits, so that every value is exact.
static inline __attribute__((always_inline)) float st_uniform(uint32_t word) {
  return (float)(int32_t)(word >> 8) * 0x1p-24f;
}

/// A random word as a number of (0, 1]: from 2^-33 to 1.
static inline __attribute__((always_inline)) float st_uniform_positive(uint32_t word) {
  return (float)word * 0x1p-32f + 0x1p-33f;
}

/// Words `first` to `first + count - 1` of `stream`; word i is word i % 4 of block i / 4.
void st_random_words(uint32_t *out, st_random_stream stream, uint64_t first, size_t count);

/// Numbers `first` to `first + count - 1` of `stream`, uniform in [0, 1); number i is of word i.
void st_random_uniform(float *out, st_random_stream stream, uint64_t first, size_t count);

/// Numbers `first` to `first + count - 1` of `stream`, standard normal.
///
/// Numbers 2 i and 2 i + 1 are the Box-Muller pair (cosine, then sine) of words 2 i (the radius) and
/// 2 i + 1 (the angle).
void st_random_normal(float *out, st_random_stream stream, uint64_t first, size_t count);

#endif
