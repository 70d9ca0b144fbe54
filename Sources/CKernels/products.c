#include "products.h"

bool st_products_run(st_element element) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
              __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  return wide && (element == st_float32 || __builtin_cpu_supports("avx512bf16"));
#else
  (void)element;
  return false;
#endif
}
