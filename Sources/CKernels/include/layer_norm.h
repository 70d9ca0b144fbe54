#pragma once
#include "group_norm.h"

/// Layer normalization (Ba et al. 2016) of each pixel over all channels, with the timestep's shift
/// before it and SiLU after it, of one tensor or of two side by side: as st_group_norm_forward, but
/// that a pixel's statistics are its own, which is why none are saved. `groups` is not used.
void st_layer_norm_forward(void *y, const void *a, const void *b, const float *shift,
                           const float *weight, const float *bias,
                           const struct st_group_norm *sizes);

/// The gradients of all inputs, as st_group_norm_backward.
void st_layer_norm_backward(void *da, void *db, float *dshift, float *dparameters, void *du,
                            const void *dy, const void *a, const void *b, const float *shift,
                            const float *weight, const float *bias, const void *const adda[2],
                            const void *const addb[2], const struct st_group_norm *sizes);
