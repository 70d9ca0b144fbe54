#pragma once
#include "isa.h"

// Functions that are compiled for each instruction set, of which the current one (isa.h) is taken at each
// call. Their bodies are inlined into all of them, and only there do vectors get their registers.

#define ST_INLINE static inline __attribute__((always_inline))

#if defined(__x86_64__)

// Features rather than "arch=x86-64-v4", by which the compiler would prefer vectors of 256 bits.
#define ST_AVX2 "avx2,fma,bmi,bmi2,f16c,lzcnt,movbe,popcnt"
#define ST_AVX512 ST_AVX2 ",avx512f,avx512bw,avx512cd,avx512dq,avx512vl"

/// Defines `NAME`, a function without result whose parameters are `(…)` and whose body is the rest, calls
/// of ST_INLINE functions. `arguments` are the parameters' names in brackets.
#define ST_DISPATCH(name, parameters, arguments, ...) \
  __attribute__((target(ST_AVX512))) static void name##_avx512 parameters { __VA_ARGS__ } \
  __attribute__((target(ST_AVX2))) static void name##_avx2 parameters { __VA_ARGS__ } \
  static void name##_sse2 parameters { __VA_ARGS__ } \
  static void name parameters { \
    const st_isa isa = st_current_isa(); \
    if (isa >= st_avx512) \
      name##_avx512 arguments; \
    else if (isa >= st_avx2) \
      name##_avx2 arguments; \
    else \
      name##_sse2 arguments; \
  }

#else

#define ST_DISPATCH(name, parameters, arguments, ...) \
  static void name parameters { __VA_ARGS__ }

#endif
