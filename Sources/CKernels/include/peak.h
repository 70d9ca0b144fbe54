#pragma once
#include <stddef.h>

#include "element.h"

// What the processors and the memory can do at most, as a measure for kernels.

/// Multiplies and adds in registers, on all threads: `repeats` times on each. Returns the number of multiplications
/// and additions that it has made.
double st_peak_arithmetic(size_t repeats, st_element element);

/// a = b + 3 c, of so many floats, on all threads (McCalpin 1995, STREAM's triad).
void st_triad(float *a, const float *b, const float *c, size_t count);
