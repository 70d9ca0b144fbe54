#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "element.h"
#include "products.h"

// Convolutions of 3 x 3 pixels, stride 1 and a border of one zero, by Winograd's minimal filtering
// (Lavin & Gray 2016, "Fast Algorithms for Convolutional Neural Networks"): a tile of m x m outputs
// from (m + 2)^2 products instead of 9 m^2. Tiles and products are those that suit the elements:
//   float32    4 x 4 tiles, a fourth of the products, in float32;
//   bfloat16   2 x 2 tiles, 4 products of 9, in bfloat16: larger tiles would enlarge its rounding.
// Transforms, sums and weight gradients are float32. Results do not depend on the number of threads.

/// The sizes of a convolution, of images in blocks of 16 channels.
struct st_winograd {
  size_t images, height, width;
  size_t inputs, outputs; ///< channels, whole blocks
  st_element element;
};

/// Bytes of a transformed weight.
size_t st_winograd_weight_bytes(const struct st_winograd *sizes);

/// Bytes that a convolution needs beside its tensors, on as many threads as are set now.
size_t st_winograd_scratch(const struct st_winograd *sizes);

/// The same of one by `st_winograd_convolve_once`.
size_t st_winograd_training_scratch(const struct st_winograd *sizes);

/// The same of a weight gradient.
size_t st_winograd_gradient_scratch(const struct st_winograd *sizes);

/// u: the transformed weight for y from x; or, `backward`, for dx from dy, where the sizes are
/// those of that convolution: inputs are dy's channels.
void st_winograd_transform_weight(void *u, const float *w, const struct st_weight *weight,
                                  bool backward, const struct st_winograd *sizes);

/// y = convolution of x (+ bias) (+ residual); bias, of `outputs` floats, and residual may be null,
/// and the residual may be y.
void st_winograd_convolve(void *y, const void *x, const void *u, const float *bias,
                          const void *residual, void *scratch, const struct st_winograd *sizes);

/// As `st_winograd_transform_weight` and `st_winograd_convolve` with what it makes, to the same bytes, for a weight that
/// changes before it is used again.
void st_winograd_convolve_once(void *y, const void *x, const float *w,
                               const struct st_weight *weight, bool backward, const float *bias,
                               const void *residual, void *scratch,
                               const struct st_winograd *sizes);

/// dw, placed as the weight, and db, of `outputs` floats or null, from x and dy.
void st_winograd_weight_gradient(float *dw, const struct st_weight *weight, float *db,
                                 const void *x, const void *dy, void *scratch,
                                 const struct st_winograd *sizes);
