#include "isa.h"
#include "product_kernels.h"

// The one place that knows which variants there are: variant_*.h say what they are compiled for.

#define KERNELS(variant) \
  static const struct product_kernels variant = {&winograd_##variant, &convolution_##variant, \
                                                 &tap_gradient_##variant, &attention_##variant};
KERNELS(portable)
#if defined(__x86_64__)
KERNELS(avx2)
KERNELS(avx512)
#endif
#if defined(__x86_64__) || defined(__aarch64__)
KERNELS(bfloat16)
#endif

static const struct product_kernels *of_float32(st_isa isa) {
#if defined(__x86_64__)
  if (isa >= st_avx512) return &avx512;
  if (isa >= st_avx2) return &avx2;
#endif
  (void)isa;
  return &portable;
}

const struct product_kernels *st_product_kernels(st_element element) {
  const st_isa isa = st_current_isa();
  if (element == st_float32) return of_float32(isa);
#if defined(__x86_64__) || defined(__aarch64__)
  if (isa == st_avx512bf16 || isa == st_neonbf16) return &bfloat16;
#endif
  __builtin_trap();
}
