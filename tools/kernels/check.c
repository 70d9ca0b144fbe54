// Checks the kernels of Sources/CKernels on every instruction set that the processor has; see tools/try-kernels.
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"
#include "parallel.h"
#include "philox.h"
#include "work.h"

static int failures, checks;

float *random_numbers(size_t count, uint32_t number) {
  float *numbers = malloc((count + 16) * sizeof *numbers);
  st_random_normal(numbers, (st_random_stream){7, number, 0, 0}, 0, count);
  return numbers;
}

float rounded(float x, st_element element) {
  if (element == st_float32) return x;
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  bits = (bits + 0x7fff + ((bits >> 16) & 1)) & 0xffff0000;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static struct st_images images_of(const struct tensor *t) {
  return (struct st_images){t->images, t->channels, t->height, t->width, t->element};
}

size_t tensor_count(const struct tensor *t) {
  return t->images * t->channels * t->height * t->width;
}

size_t tensor_bytes(const struct tensor *t) {
  return t->images * ((t->channels + 15) / 16 * 16) * t->height * t->width *
         (t->element == st_bfloat16 ? 2 : 4);
}

struct tensor make_tensor(size_t images, size_t channels, size_t height, size_t width,
                          st_element element, uint32_t number) {
  struct tensor t = {images, channels, height, width, element, NULL, NULL};
  t.values = random_numbers(tensor_count(&t), number);
  for (size_t i = 0; i < tensor_count(&t); i++)
    t.values[i] = number ? rounded(t.values[i], element) : 0;
  t.blocks = malloc(tensor_bytes(&t));
  struct st_images sizes = images_of(&t);
  st_to_blocks(t.blocks, t.values, &sizes);
  return t;
}

void update_values(struct tensor *t) {
  struct st_images sizes = images_of(t);
  st_from_blocks(t->values, t->blocks, &sizes);
}

void free_tensor(struct tensor *t) {
  free(t->values);
  free(t->blocks);
}

const char *isa_name(st_isa isa) {
  static const char *const names[] = {"sse2", "avx2", "avx512", "avx512bf16", "neon", "neonbf16"};
  return names[isa];
}

bool has_bfloat16(st_isa isa) { return isa == st_avx512bf16 || isa == st_neonbf16; }

void expect_near(const char *what, const float *values, const double *wanted, size_t count,
                 double bound) {
  double largest = 0, worst = 0;
  for (size_t i = 0; i < count; i++) {
    double distance = fabs(values[i] - wanted[i]);
    largest = fmax(largest, fabs(wanted[i]));
    if (!(distance <= worst)) worst = distance;
  }
  checks++;
  if (worst <= bound * largest && isfinite(worst)) return;
  failures++;
  printf("FAILED on %s: %s: off by %.3g of %.3g, allowed is %.3g\n", isa_name(st_current_isa()),
         what, worst, largest, bound * largest);
}

void expect_equal(const char *what, const void *a, const void *b, size_t bytes) {
  checks++;
  if (memcmp(a, b, bytes) == 0) return;
  failures++;
  printf("FAILED on %s: %s: not the same bytes\n", isa_name(st_current_isa()), what);
}

int main(int count, char **arguments) {
  const st_isa best = st_best_isa(), least = best >= st_neon ? st_neon : st_sse2;
  if (count > 1) return do_work(count - 1, arguments + 1);
  for (st_isa isa = least; isa <= best; isa++) {
    st_set_isa(isa);
    int before = checks;
    check_loops(least, isa);
    st_set_isa(isa);
    for (st_element element = st_float32; element <= (has_bfloat16(isa) ? st_bfloat16 : st_float32);
         element++) {
      check_convolutions(element);
      check_attention(element);
    }
    printf("%-10s %d checks\n", isa_name(isa), checks - before);
  }
  if (failures) printf("%d of %d checks failed\n", failures, checks);
  return failures > 0;
}
