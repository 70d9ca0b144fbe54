#include "isa.h"

#include <stdatomic.h>

/// -1 until it is known.
static _Atomic int current = -1;

st_isa st_best_isa(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") ||
      !__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2"))
    return st_sse2;
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512cd") || !__builtin_cpu_supports("avx512dq") ||
      !__builtin_cpu_supports("avx512vl"))
    return st_avx2;
  return __builtin_cpu_supports("avx512bf16") ? st_avx512bf16 : st_avx512;
#else
  return st_sse2;
#endif
}

st_isa st_current_isa(void) {
  int isa = atomic_load_explicit(&current, memory_order_relaxed);
  if (isa >= 0) return (st_isa)isa;
  int unknown = -1;
  isa = (int)st_best_isa();
  // Whoever has set another meanwhile is right.
  return atomic_compare_exchange_strong(&current, &unknown, isa) ? (st_isa)isa : (st_isa)unknown;
}

void st_set_isa(st_isa isa) { atomic_store(&current, (int)isa); }
