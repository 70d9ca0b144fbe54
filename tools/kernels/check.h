#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "element.h"
#include "isa.h"

/// A tensor (N, C, H, W) of floats, and the same in blocks of 16 channels, as kernels have it.
struct tensor {
  size_t images, channels, height, width;
  st_element element;
  float *values; ///< what the blocks hold, rounded as they are
  void *blocks;
};

/// Random numbers, the same on every processor.
float *random_numbers(size_t count, uint32_t number);

/// Rounded as elements are.
float rounded(float x, st_element element);

/// Of random numbers, or of zeros where `number` is 0.
struct tensor make_tensor(size_t images, size_t channels, size_t height, size_t width,
                          st_element element, uint32_t number);

/// Reads the blocks back into the values.
void update_values(struct tensor *t);
void free_tensor(struct tensor *t);
size_t tensor_count(const struct tensor *t);
size_t tensor_bytes(const struct tensor *t); ///< of the blocks

const char *isa_name(st_isa isa);
bool has_bfloat16(st_isa isa);

/// Fails where a value is farther from what is wanted than `bound` times the largest wanted.
void expect_near(const char *what, const float *values, const double *wanted, size_t count,
                 double bound);
void expect_equal(const char *what, const void *a, const void *b, size_t bytes);

/// All kernels of an instruction set, which is the current one, against formulas in double precision.
void check_convolutions(st_element element);
void check_attention(st_element element);
/// The others against those of the least instruction set, and the bytes that all processors promise.
void check_loops(st_isa least, st_isa isa);
