#include "peak.h"

#include <stdbool.h>

#include "vector.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

// More sums at once than an addition takes cycles, and no more than there are registers.
enum { few_sums = 6, many_sums = 12 };

/// Whether there are 32 registers of 512 bits.
static bool has_many_registers(void) {
  const st_isa isa = st_current_isa();
  return isa == st_avx512 || isa == st_avx512bf16;
}

struct arithmetic {
  size_t repeats;
  float factor;
  float *results;
};

ST_INLINE void multiply_add_repeatedly(const struct arithmetic *k, size_t index, int sums) {
  st_vector factor = st_load_part((const float[1]){k->factor}, 1), sum[many_sums];
  for (int i = 0; i < sums; i++) sum[i] = factor + (float)i;
  for (size_t r = 0; r < k->repeats; r++)
    UNROLLED_FOR (int i = 0; i < sums; i++) sum[i] = sum[i] * factor + factor;
  for (int i = 1; i < sums; i++) sum[0] += sum[i];
  k->results[index] = sum[0][0];
}

ST_TASK(float32) {
  const struct arithmetic *k = context;
  for (size_t i = begin; i < end; i++) {
    if (has_many_registers())
      multiply_add_repeatedly(k, i, many_sums);
    else
      multiply_add_repeatedly(k, i, few_sums);
  }
}

#if defined(__x86_64__)
__attribute__((target(ST_AVX512 ",avx512bf16"))) static void bfloat16_task(const void *context,
                                                                           size_t begin,
                                                                           size_t end) {
  const struct arithmetic *k = context;
  for (size_t index = begin; index < end; index++) {
    __m512 sum[many_sums];
    __m512bh factor = (__m512bh)_mm512_set1_epi16(0x3c00);
    for (int i = 0; i < many_sums; i++) sum[i] = _mm512_set1_ps(k->factor + (float)i);
    for (size_t r = 0; r < k->repeats; r++)
      UNROLLED_FOR (int i = 0; i < many_sums; i++)
        sum[i] = _mm512_dpbf16_ps(sum[i], factor, factor);
    for (int i = 1; i < many_sums; i++) sum[0] += sum[i];
    k->results[index] = _mm512_cvtss_f32(sum[0]);
  }
}
#elif defined(__aarch64__)
__attribute__((target("arch=armv8.2-a+bf16"))) static void bfloat16_task(const void *context,
                                                                         size_t begin, size_t end) {
  const struct arithmetic *k = context;
  for (size_t index = begin; index < end; index++) {
    float32x4_t sum[many_sums];
    bfloat16x8_t factor = vreinterpretq_bf16_u16(vdupq_n_u16(0x3c00));
    for (int i = 0; i < many_sums; i++) sum[i] = vdupq_n_f32(k->factor + (float)i);
    for (size_t r = 0; r < k->repeats; r++)
      UNROLLED_FOR (int i = 0; i < many_sums; i++) sum[i] = vbfdotq_f32(sum[i], factor, factor);
    for (int i = 1; i < many_sums; i++) sum[0] = vaddq_f32(sum[0], sum[i]);
    k->results[index] = vgetq_lane_f32(sum[0], 0);
  }
}
#endif

double st_peak_arithmetic(size_t repeats, st_element element) {
  enum { most_threads = 1024 };
  float results[most_threads];
  size_t threads = (size_t)st_threads();
  if (threads > most_threads) threads = most_threads;
  struct arithmetic k = {repeats, 0.5f, results};
  bool isMany = has_many_registers();
  double each = 2.0 * st_width * (isMany ? many_sums : few_sums);
#if defined(__x86_64__)
  if (element == st_bfloat16 && st_current_isa() == st_avx512bf16) {
    st_parallel(threads, &k, bfloat16_task);
    return 2 * each * (double)repeats * (double)threads;
  }
#endif
#if defined(__aarch64__)
  if (element == st_bfloat16 && st_current_isa() == st_neonbf16) {
    st_parallel(threads, &k, bfloat16_task);
    // Four sums of two products each.
    return 2.0 * 8 * many_sums * (double)repeats * (double)threads;
  }
#endif
  (void)element;
  st_parallel(threads, &k, float32_task);
  return each * (double)repeats * (double)threads;
}

struct triad {
  float *a;
  const float *b, *c;
  size_t count;
};

enum { triad_piece = 1 << 14 };

ST_TASK(triad) {
  const struct triad *k = context;
  size_t i = begin * triad_piece,
         last = end * triad_piece < k->count ? end * triad_piece : k->count;
  for (; i + st_width <= last; i += st_width)
    st_store(k->a + i, st_load(k->b + i) + 3 * st_load(k->c + i));
  for (; i < last; i++) k->a[i] = k->b[i] + 3 * k->c[i];
}

void st_triad(float *a, const float *b, const float *c, size_t count) {
  struct triad k = {a, b, c, count};
  st_parallel(st_divide_up(count, triad_piece), &k, triad_task);
}
