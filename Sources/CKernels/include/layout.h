#pragma once
#include <stddef.h>

/// The sizes of a tensor of images.
struct st_images {
  size_t images, channels, height, width;
  size_t lanes; ///< channels in a block
};

/// y: blocked from x: (N, C, H, W); the lanes past C become zero.
void st_to_blocks(float *y, const float *x, const struct st_images *sizes);

/// y: (N, C, H, W) from x: blocked.
void st_from_blocks(float *y, const float *x, const struct st_images *sizes);

/// y: (N, A + B channels) from a: `a_channels` and b: the rest, all blocked.
void st_concatenate(float *y, const float *a, const float *b, size_t a_channels,
                    const struct st_images *sizes);

/// The two parts of x: a: the first `a_channels`, b: the rest; either may be null.
void st_split(float *a, float *b, const float *x, size_t a_channels, const struct st_images *sizes);

/// y: every pixel of x becomes two by two; `sizes` are x's.
void st_upsample_forward(float *y, const float *x, const struct st_images *sizes);

/// dx: the sums of dy over two by two pixels; `sizes` are dx's.
void st_upsample_backward(float *dx, const float *dy, const struct st_images *sizes);
