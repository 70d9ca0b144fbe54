#pragma once
#include <stddef.h>

#include "element.h"

/// Group normalization (Wu & He 2018), with the timestep's shift before it and SiLU after it, of one
/// tensor or of two side by side along the channels.
struct st_group_norm {
  size_t images, pixels;
  size_t channels;       ///< of both inputs together
  size_t first_channels; ///< of the first input; a multiple of 16 where there is a second
  size_t groups;
  float epsilon;
  int silu;           ///< whether SiLU follows
  st_element element; ///< of the images: a, b, y and their gradients
};

/// y = silu((x + shift - mean) / sqrt(variance + epsilon) * weight + bias).
///
/// y: (N, C) blocked · statistics: (N, groups, 2), mean and 1 / sqrt(variance + epsilon), saved ·
/// a, b: the inputs; b may be null · shift: (N, C) plain or null · weight, bias: (C).
void st_group_norm_forward(void *y, float *statistics, const void *a, const void *b,
                           const float *shift, const float *weight, const float *bias,
                           const struct st_group_norm *sizes);

/// y once more, of statistics that are known.
void st_group_norm_again(void *y, const float *statistics, const void *a, const void *b,
                         const float *shift, const float *weight, const float *bias,
                         const struct st_group_norm *sizes);

/// The gradients of all inputs.
///
/// da, db: like a and b · dshift: (N, C) or null · dparameters: (N, C, 2), each image's part of the
/// gradients of weight and bias · du: like y, to note something down, may be the same memory as dy; or
/// null, and da and db are used for it · dy: like y, may be the same memory as da where b is null ·
/// adda, addb: further gradients of a and b that are added, two each, null where there are none; they may
/// be the same memory as da and db where there is du.
void st_group_norm_backward(void *da, void *db, float *dshift, float *dparameters, void *du,
                            const void *dy, const void *a, const void *b, const float *shift,
                            const float *statistics, const float *weight, const float *bias,
                            const void *const adda[2], const void *const addb[2],
                            const struct st_group_norm *sizes);

/// Sums the images' parts: dweight and dbias (C) from dparameters (N, C, 2).
void st_group_norm_sum_parameters(float *dweight, float *dbias, const float *dparameters,
                                  size_t images, size_t channels);
