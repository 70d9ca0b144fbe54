#pragma once
#include "attention_variant.h"
#include "convolution_variant.h"
#include "tap_gradient_variant.h"
#include "winograd_variant.h"

/// All that is made of our own matrix products of one kind of elements and registers (product.h).
struct product_kernels {
  const struct winograd_variant *winograd;
  const struct convolution_variant *convolution;
  const struct tap_gradient_variant *tap_gradient;
  const struct attention_variant *attention;
};

/// Those of `element` on the current instruction set: bfloat16 where it has products of them, and with any other it is a
/// mistake of the caller.
const struct product_kernels *st_product_kernels(st_element element);
