#include <math.h>

#include "pointwise.h"
#include "vector.h"

struct arguments {
  float *losses;
  void *dy;
  const void *y, *target, *x0;
  const float *coefficients;
  float scale;
  size_t channels, pixels, lanes;
};

/// An element's term of the bound and its derivative by the logarithm of the variance.
struct term {
  double value, slope;
};

/// The divergence of N(d, beta~) from N(0, s^2).
ST_INLINE struct term divergence(float d, float log_variance, float log_posterior) {
  float ratio = expf(log_posterior - log_variance) + d * d * expf(-log_variance);
  return (struct term){0.5f * (log_variance - log_posterior - 1 + ratio), 0.5f * (1 - ratio)};
}

static double normal_distribution(double z) { return 0.5 * erfc(-z * M_SQRT1_2); }

static double normal_density(double z) { return 0.5 * M_SQRT1_2 * M_2_SQRTPI * exp(-0.5 * z * z); }

/// -log of what N(0, s^2) has within 1/255 of d, at the ends of the range also all beyond; at least 1e-12,
/// as in improved-diffusion. In double, since it is the difference of two nearly equal numbers.
static struct term decoder(double d, double log_variance, float x0) {
  double s = exp(0.5 * log_variance);
  double upper = (d + 1.0 / 255) / s, lower = (d - 1.0 / 255) / s;
  int is_first = x0 < -0.999f;
  int is_last = x0 > 0.999f;
  double p =
      (is_last ? 1 : normal_distribution(upper)) - (is_first ? 0 : normal_distribution(lower));
  if (!(p > 1e-12)) return (struct term){-log(1e-12), 0};
  // d Phi(z) / d log s^2 = -z phi(z) / 2
  double slope = (is_last ? 0 : upper * normal_density(upper)) -
                 (is_first ? 0 : lower * normal_density(lower));
  return (struct term){-log(p), 0.5 * slope / p};
}

ST_IMAGE_TASK(hybrid_loss) {
  const struct arguments *k = context;
  size_t lanes = k->lanes, block = k->pixels * lanes;
  size_t size = (k->channels + lanes - 1) / lanes * block;
  size_t both = (2 * k->channels + lanes - 1) / lanes * block;
  double count = (double)(k->channels * k->pixels);
  for (size_t n = begin; n < end; n++) {
    const float *c = k->coefficients + 6 * n;
    const void *y = st_element_at(k->y, n * both, element);
    const void *target = st_element_at(k->target, n * size, element);
    const void *x0 = st_element_at(k->x0, n * size, element);
    void *dy = k->dy ? st_mutable_element_at(k->dy, n * both, element) : NULL;
    if (dy) memset(dy, 0, both * st_element_size(element));
    float dmean = k->scale * c[0] * 2 / (float)count;
    float dvariance = k->scale * c[1] * 0.5f * (c[4] - c[3]) / (float)count;
    double squares = 0, bound = 0;
    for (size_t channel = 0; channel < k->channels; channel++) {
      size_t second = channel + k->channels;
      size_t i = channel / lanes * block + channel % lanes,
             j = second / lanes * block + second % lanes;
      for (size_t p = 0; p < k->pixels; p++, i += lanes, j += lanes) {
        float error = st_load_element(y, i, element) - st_load_element(target, i, element);
        float u = 0.5f * (st_load_element(y, j, element) + 1);
        float log_variance = u * c[4] + (1 - u) * c[3], d = -c[2] * error;
        struct term term = c[5] != 0 ? decoder(d, log_variance, st_load_element(x0, i, element))
                                     : divergence(d, log_variance, c[3]);
        squares += error * error;
        bound += term.value;
        if (!dy) continue;
        st_store_element(dy, i, dmean * error, element);
        st_store_element(dy, j, dvariance * (float)term.slope, element);
      }
    }
    k->losses[n] = (float)((c[0] * squares + c[1] * bound) / count);
  }
}

void st_hybrid_loss(float *losses, void *dy, const void *y, const void *target, const void *x0,
                    const float *coefficients, float scale, size_t images, size_t channels,
                    size_t pixels, size_t lanes, st_element element) {
  struct arguments k = {.losses = losses,
                        .dy = dy,
                        .y = y,
                        .target = target,
                        .x0 = x0,
                        .coefficients = coefficients,
                        .scale = scale,
                        .channels = channels,
                        .pixels = pixels,
                        .lanes = lanes};
  st_parallel(images, &k, hybrid_loss_task(element));
}
