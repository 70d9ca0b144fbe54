#include "isa.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#if defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#elif defined(__APPLE__)
#include <sys/sysctl.h>
#endif

/// -1 until it is known.
static _Atomic int current = -1;

#if defined(__x86_64__)
st_isa st_best_isa(void) {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") ||
      !__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2") ||
      !__builtin_cpu_supports("f16c") || !__builtin_cpu_supports("lzcnt") ||
      !__builtin_cpu_supports("movbe") || !__builtin_cpu_supports("popcnt"))
    return st_sse2;
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512cd") || !__builtin_cpu_supports("avx512dq") ||
      !__builtin_cpu_supports("avx512vl"))
    return st_avx2;
  return __builtin_cpu_supports("avx512bf16") ? st_avx512bf16 : st_avx512;
}
#elif defined(__aarch64__)
static bool has_bfloat16(void) {
#if defined(__linux__)
  return getauxval(AT_HWCAP2) & HWCAP2_BF16;
#elif defined(__APPLE__)
  int has = 0;
  size_t size = sizeof has;
  return sysctlbyname("hw.optional.arm.FEAT_BF16", &has, &size, NULL, 0) == 0 && has;
#else
  return false;
#endif
}

st_isa st_best_isa(void) { return has_bfloat16() ? st_neonbf16 : st_neon; }
#else
st_isa st_best_isa(void) { return st_sse2; }
#endif

st_isa st_current_isa(void) {
  int isa = atomic_load_explicit(&current, memory_order_relaxed);
  if (isa >= 0) return (st_isa)isa;
  int unknown = -1;
  isa = (int)st_best_isa();
  // Whoever has set another meanwhile is right.
  return atomic_compare_exchange_strong(&current, &unknown, isa) ? (st_isa)isa : (st_isa)unknown;
}

void st_set_isa(st_isa isa) { atomic_store(&current, (int)isa); }
