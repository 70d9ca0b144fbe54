#include "products.h"

#include "isa.h"
#include "product_kernels.h"

bool st_products_run(st_element element) {
  return st_current_isa() >= (element == st_bfloat16 ? st_avx512bf16 : st_avx512);
}

#if defined(__x86_64__)
static const struct product_kernels kernels[] = {
    [st_float32] = {&winograd_float32, &tap_gradient_float32},
    [st_bfloat16] = {&winograd_bfloat16, &tap_gradient_bfloat16},
};

const struct product_kernels *st_product_kernels(st_element element) { return &kernels[element]; }
#else
const struct product_kernels *st_product_kernels(st_element element) {
  (void)element;
  __builtin_trap();
}
#endif
