#include <math.h>

#include "image_sums.h"
#include "pointwise.h"

enum { least_piece = 512 }; // pixels

struct arguments {
  struct image_sums sums;
  void *dy;
  const void *y, *target, *x0;
  const float *coefficients;
  float scale;
  size_t channels;
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
  if (isnan(p)) return (struct term){p, p};
  if (!(p > 1e-12)) return (struct term){-log(1e-12), 0};
  // d Phi(z) / d log s^2 = -z phi(z) / 2
  double slope = (is_last ? 0 : upper * normal_density(upper)) -
                 (is_first ? 0 : lower * normal_density(lower));
  return (struct term){-log(p), 0.5 * slope / p};
}

ST_IMAGE_TASK(hybrid_loss) {
  const struct arguments *k = context;
  size_t block = k->sums.length * st_width;
  size_t blocks = st_divide_up(k->channels, st_width);
  size_t both = st_divide_up(2 * k->channels, st_width);
  double count = (double)(k->channels * k->sums.length);
  for (size_t unit = begin; unit < end; unit++) {
    struct image_piece piece = image_piece_at(&k->sums, unit);
    const float *c = k->coefficients + 6 * piece.image;
    const void *y = st_element_at(k->y, piece.image * both * block, element);
    const void *target = st_element_at(k->target, piece.image * blocks * block, element);
    const void *x0 = st_element_at(k->x0, piece.image * blocks * block, element);
    void *dy = k->dy ? st_mutable_element_at(k->dy, piece.image * both * block, element) : NULL;
    if (dy)
      for (size_t b = 0; b < both; b++)
        memset(st_mutable_element_at(dy, b * block + piece.begin * st_width, element), 0,
               (piece.end - piece.begin) * st_width * st_element_size(element));
    float dmean = k->scale * c[0] * 2 / (float)count;
    float dvariance = k->scale * c[1] * 0.5f * (c[4] - c[3]) / (float)count;
    double squares = 0, bound = 0;
    for (size_t channel = 0; channel < k->channels; channel++) {
      size_t second = channel + k->channels;
      size_t i = channel / st_width * block + channel % st_width + piece.begin * st_width;
      size_t j = second / st_width * block + second % st_width + piece.begin * st_width;
      for (size_t p = piece.begin; p < piece.end; p++, i += st_width, j += st_width) {
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
    k->sums.sums[unit] = c[0] * squares + c[1] * bound;
  }
}

void st_hybrid_loss(float *losses, void *dy, const void *y, const void *target, const void *x0,
                    const float *coefficients, float scale, size_t images, size_t channels,
                    size_t pixels, st_element element) {
  struct arguments k = {.dy = dy,
                        .y = y,
                        .target = target,
                        .x0 = x0,
                        .coefficients = coefficients,
                        .scale = scale,
                        .channels = channels};
  sum_images(losses, NULL, (double)(channels * pixels), images, pixels, least_piece, &k.sums, &k,
             hybrid_loss_task(element));
}
