#pragma once
#include <stddef.h>

#include "element.h"

/// The sizes of a tensor of images.
struct st_images {
  size_t images, channels, height, width;
  st_element element;
};

/// y: in blocks of 16 channels, of `element`s, from x: (N, C, H, W), floats; the lanes past C
/// become zero.
void st_to_blocks(void *y, const float *x, const struct st_images *sizes);

/// y: (N, C, H, W), floats, from x: blocked, of `element`s.
void st_from_blocks(float *y, const void *x, const struct st_images *sizes);

/// y: (N, A + B channels) from a: `a_channels` and b: the rest, all blocked.
void st_concatenate(void *y, const void *a, const void *b, size_t a_channels,
                    const struct st_images *sizes);

/// The two parts of x: a: the first `a_channels`, b: the rest.
void st_split(void *a, void *b, const void *x, size_t a_channels, const struct st_images *sizes);

/// y: (N, r² C, H / r, W / r) from x: (N, C, H, W), r being `factor`: channel r² c + r i + j of a pixel
/// (a, b) is channel c of the pixel (r a + i, r b + j); `sizes` are x's. As PyTorch's pixel_unshuffle.
void st_pixel_unshuffle(void *y, const void *x, size_t factor, const struct st_images *sizes);

/// The reverse; `sizes` are y's.
void st_pixel_shuffle(void *y, const void *x, size_t factor, const struct st_images *sizes);

/// y: every pixel of x becomes two by two; `sizes` are x's.
void st_upsample_forward(void *y, const void *x, const struct st_images *sizes);

/// dx: the sums of dy over two by two pixels; `sizes` are dx's.
void st_upsample_backward(void *dx, const void *dy, const struct st_images *sizes);
