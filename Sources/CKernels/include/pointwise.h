#pragma once
#include <stddef.h>
#include <stdint.h>

#include "element.h"

// Images and rows alike, of `element`s.

/// y = x sigmoid(x).
void st_silu_forward(void *y, const void *x, size_t count, st_element element);

/// dx = dy silu'(x); dx may be dy.
void st_silu_backward(void *dx, const void *dy, const void *x, size_t count, st_element element);

/// y = a + b; y may be a or b.
void st_add(void *y, const void *a, const void *b, size_t count, st_element element);

/// y = y + a * x, in float.
void st_add_scaled(float *y, const float *x, float a, size_t count);

/// y = y + a * (x - y), in float.
void st_move_towards(float *y, const float *x, float a, size_t count);

void st_copy(void *y, const void *x, size_t count, st_element element);

/// y = x with (N, C) plain `shift` added to all pixels; blocked, y may be x.
void st_add_shift(void *y, const void *x, const float *shift, size_t images, size_t channels,
                  size_t pixels, st_element element);

/// sums: (N, C) plain, each channel's sum over the pixels of blocked x.
void st_sum_pixels(float *sums, const void *x, size_t images, size_t channels, size_t pixels,
                   st_element element);

/// Sets elements to zero with probability `rate` and divides the others by 1 - rate; blocked.
///
/// The numbers are Philox's of the counter (block, step, image, stream), four consecutive pixels of a
/// channel to a block, in (C, H, W) order: the mask is the same in any layout. y may be x. The
/// same call on a gradient is the backward pass.
void st_dropout(void *y, const void *x, float rate, uint64_t seed, uint32_t step,
                uint32_t first_image, uint32_t stream, size_t images, size_t channels,
                size_t pixels, st_element element);

/// losses: (N), each image's mean of (y - target)^2, times its weight · weights: (N), or null for 1 · dy: `scale` times the gradient of the losses'
/// sum, or null. Blocked; lanes past the channels are zero in both and do not count.
void st_mean_squared_error(float *losses, void *dy, const void *y, const void *target,
                           const float *weights, float scale, size_t images, size_t channels,
                           size_t pixels, st_element element);

/// losses: (N), what `hybridLoss` in Swift defines · dy: `scale` times the gradient of the losses' sum,
/// or null · y, dy: of 2 C `channels`, target and x0 of C · coefficients: (N, 6) plain. Blocked; lanes of
/// dy past the channels become zero.
void st_hybrid_loss(float *losses, void *dy, const void *y, const void *target, const void *x0,
                    const float *coefficients, float scale, size_t images, size_t channels,
                    size_t pixels, st_element element);
