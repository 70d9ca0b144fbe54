#include "work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attention.h"
#include "check.h"
#include "convolution.h"
#include "parallel.h"
#include "tap_gradient.h"
#include "winograd.h"

// One kernel on sizes as in the middle of a network: 16 x 16 pixels, 128 channels.

enum { side = 16, depth = 128 };

static void *memory(size_t bytes) {
  void *zeros = aligned_alloc(64, (bytes + 63) / 64 * 64);
  memset(zeros, 0, bytes);
  return zeros;
}

int do_work(int count, char **arguments) {
  if (count != 4) {
    fprintf(stderr, "usage: KERNEL ISA ELEMENTS TIMES\n");
    return 2;
  }
  st_isa isa = st_sse2;
  while (isa < st_neonbf16 && strcmp(isa_name(isa), arguments[1])) isa++;
  st_set_isa(isa);
  st_set_threads(1);
  st_element element = strcmp(arguments[2], "bfloat16") ? st_float32 : st_bfloat16;
  const char *kernel = arguments[0];
  int times = atoi(arguments[3]);

  struct tensor t[8];
  for (uint32_t i = 0; i < 8; i++) t[i] = make_tensor(1, depth, side, side, element, i + 1);
  size_t taps = strcmp(kernel, "convolution1x1") ? 9 : 1, size = taps == 9 ? 3 : 1;
  struct st_convolution c = {1, side,     side,     side,  side,  size,   size,
                             1, size / 2, size / 2, depth, depth, element};
  struct st_winograd g = {1, side, side, depth, depth, element};
  struct st_attention a = {1, side * side, depth, 4, element};
  struct st_weight weight = {depth * taps, depth, depth};
  float *w = random_numbers(depth * depth * taps, 9);
  void *u = memory(4u << 20), *scratch = memory(16u << 20);
  float *logarithms = memory(4 * side * side * sizeof(float) + 64);
  for (int i = 0; i < times; i++) {
    if (!strncmp(kernel, "convolution", 11)) {
      st_convolution_transform_weight(u, w, &weight, false, &c);
      st_convolution_run(t[0].blocks, t[1].blocks, u, NULL, NULL, scratch, false, &c);
    } else if (!strcmp(kernel, "winograd")) {
      st_winograd_transform_weight(u, w, &weight, false, &g);
      st_winograd_convolve(t[0].blocks, t[1].blocks, u, NULL, NULL, scratch, &g);
    } else if (!strcmp(kernel, "winograd_gradient")) {
      st_winograd_weight_gradient(w, &weight, NULL, t[0].blocks, t[1].blocks, scratch, &g);
    } else if (!strcmp(kernel, "tap_gradient")) {
      st_tap_gradient(w, &weight, NULL, t[0].blocks, t[1].blocks, scratch, &c);
    } else if (!strcmp(kernel, "attention")) {
      st_attention_forward(t[0].blocks, logarithms, scratch, t[1].blocks, t[2].blocks, t[3].blocks,
                           &a);
    } else if (!strcmp(kernel, "attention_backward")) {
      st_attention_backward(t[4].blocks, t[5].blocks, t[6].blocks, scratch, t[7].blocks,
                            t[0].blocks, logarithms, t[1].blocks, t[2].blocks, t[3].blocks, &a);
    } else {
      fprintf(stderr, "no kernel %s\n", kernel);
      return 2;
    }
  }
  return 0;
}
