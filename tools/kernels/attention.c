#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attention.h"
#include "check.h"
#include "parallel.h"

// Attention against its formula, y = softmax(q k^T / sqrt(d)) v, and its gradients.

struct shape {
  size_t images, height, width, channels, heads;
};

static const struct shape shapes[] = {
    {2, 7, 7, 24, 3}, {1, 8, 8, 64, 1}, {1, 5, 4, 40, 2}, {1, 16, 17, 32, 8}, {3, 2, 2, 16, 1},
};

struct wanted {
  double *y, *dq, *dk, *dv;
};

/// Of one head; element (c, p) lies at c * pixels + p.
static void attend(struct wanted *to, const float *q, const float *k, const float *v,
                   const float *dy, size_t depth, size_t pixels) {
  double *p = calloc(pixels, sizeof *p), *slopes = calloc(pixels, sizeof *slopes);
  double scale = 1 / sqrt((double)depth);
  for (size_t i = 0; i < pixels; i++) {
    double largest = -INFINITY, sum = 0, mean = 0;
    for (size_t j = 0; j < pixels; j++) {
      p[j] = slopes[j] = 0;
      for (size_t c = 0; c < depth; c++) {
        p[j] += (double)q[c * pixels + i] * k[c * pixels + j] * scale;
        slopes[j] += (double)dy[c * pixels + i] * v[c * pixels + j];
      }
      largest = fmax(largest, p[j]);
    }
    for (size_t j = 0; j < pixels; j++) sum += p[j] = exp(p[j] - largest);
    for (size_t j = 0; j < pixels; j++) mean += (p[j] /= sum) * slopes[j];
    for (size_t j = 0; j < pixels; j++)
      for (size_t c = 0; c < depth; c++) {
        double slope = p[j] * (slopes[j] - mean) * scale;
        to->y[c * pixels + i] += p[j] * v[c * pixels + j];
        to->dv[c * pixels + j] += p[j] * dy[c * pixels + i];
        to->dq[c * pixels + i] += slope * k[c * pixels + j];
        to->dk[c * pixels + j] += slope * q[c * pixels + i];
      }
  }
  free(p), free(slopes);
}

static void check_result(const char *name, const struct shape *s, struct tensor *t,
                         const double *wanted, st_element element) {
  char what[120];
  snprintf(what, sizeof what, "attention: %s, %s, %zu x %zu x %zu, %zu channels, %zu heads", name,
           element == st_bfloat16 ? "bfloat16" : "float32", s->images, s->height, s->width,
           s->channels, s->heads);
  update_values(t);
  expect_near(what, t->values, wanted, tensor_count(t), element == st_float32 ? 1e-5 : 2e-2);
}

static void check_shape(const struct shape *s, st_element element) {
  struct tensor t[8]; // q, k, v, dy, y, dq, dk, dv
  for (uint32_t i = 0; i < 8; i++)
    t[i] = make_tensor(s->images, s->channels, s->height, s->width, element, i < 4 ? i + 1 : 0);
  size_t count = tensor_count(t), pixels = s->height * s->width, depth = s->channels / s->heads;
  double *results = calloc(4 * count, sizeof *results);
  for (size_t head = 0; head < s->images * s->heads; head++) {
    size_t at = head * depth * pixels;
    struct wanted to = {results + at, results + count + at, results + 2 * count + at,
                        results + 3 * count + at};
    attend(&to, t[0].values + at, t[1].values + at, t[2].values + at, t[3].values + at, depth,
           pixels);
  }
  struct st_attention sizes = {s->images, pixels, s->channels, s->heads, element};
  float *logarithms = calloc(s->images * s->heads * pixels + 16, sizeof *logarithms);
  float *scratch = NULL;
  for (int threads = 1; threads <= 2; threads++) {
    st_set_threads(threads);
    size_t forward = st_attention_forward_scratch(&sizes, (size_t)threads);
    size_t backward = st_attention_backward_scratch(&sizes, (size_t)threads);
    size_t bytes = (forward > backward ? forward : backward) * sizeof *scratch;
    scratch = aligned_alloc(64, (bytes + 63) / 64 * 64);
    memset(scratch, 0xff, bytes);
    void *first = malloc(tensor_bytes(t));
    memcpy(first, t[5].blocks, tensor_bytes(t));
    st_attention_forward(t[4].blocks, logarithms, scratch, t[0].blocks, t[1].blocks, t[2].blocks,
                         &sizes);
    st_attention_backward(t[5].blocks, t[6].blocks, t[7].blocks, scratch, t[3].blocks, t[4].blocks,
                          logarithms, t[0].blocks, t[1].blocks, t[2].blocks, &sizes);
    if (threads == 2) expect_equal("attention on two threads", t[5].blocks, first, tensor_bytes(t));
    free(first), free(scratch);
  }
  check_result("y", s, &t[4], results, element);
  check_result("dq", s, &t[5], results + count, element);
  check_result("dk", s, &t[6], results + 2 * count, element);
  check_result("dv", s, &t[7], results + 3 * count, element);
  for (int i = 0; i < 8; i++) free_tensor(&t[i]);
  free(results), free(logarithms);
}

void check_attention(st_element element) {
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) check_shape(&shapes[i], element);
}
