#pragma once

/// Instruction sets that loops are compiled for; each has all that is in those before it of its architecture.
typedef enum {
  st_sse2,       ///< every x86-64 processor; on others than ARM's, what the compiler takes
  st_avx2,       ///< x86-64-v3: with FMA and BMI
  st_avx512,     ///< x86-64-v4: F, BW, CD, DQ and VL
  st_avx512bf16, ///< with products of bfloat16
  st_neon,       ///< every 64-bit processor of ARM
  st_neonbf16,   ///< with products of bfloat16 (FEAT_BF16)
} st_isa;

/// The best that this processor has.
st_isa st_best_isa(void);

/// What loops run on: the best, or less where that was asked for.
st_isa st_current_isa(void);

/// Has loops run on `isa`, which is not above the best.
void st_set_isa(st_isa isa);
