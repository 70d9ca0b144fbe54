#pragma once
#include "tap_gradient_variant.h"
#include "winograd_variant.h"

/// All that is made of our own matrix products of one kind of elements (product.h).
struct product_kernels {
  const struct winograd_variant *winograd;
  const struct tap_gradient_variant *tap_gradient;
};

/// Those of `element`, of which `st_products_run` said yes: with any other it is a mistake of the caller.
const struct product_kernels *st_product_kernels(st_element element);
