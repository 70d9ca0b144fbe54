#pragma once
#include <stddef.h>

/// The sum of squares in double, in pieces of a fixed size: the same for any number of threads.
double st_sum_of_squares(const float *x, size_t count);

/// One step's numbers of AdamW (Loshchilov & Hutter 2019, algorithm 2).
struct st_adamw {
  float learning_rate, beta1, beta2, epsilon, weight_decay;
  float gradient_scale; ///< from clipping by the global norm
  float correction1;    ///< 1 / (1 - beta1^step)
  float correction2;    ///< 1 / (1 - beta2^step)
  float average_decay;  ///< of the moving average of the weights
};

/// Weights, both moments and the weights' moving average in one pass.
void st_adamw(float *weights, float *first, float *second, float *average, const float *gradients,
              size_t count, const struct st_adamw *step);
