#pragma once
#include <stddef.h>

/// out (a_rows x b_rows) = a (a_rows x length) times the transpose of b (b_rows x length), all
/// row-major, in double precision. The same for any number of threads.
void st_inner_products(double *out, const double *a, size_t a_rows, const double *b, size_t b_rows,
                       size_t length);

/// out (a_rows x b_rows): the squared distances of the rows of a and b, as sums of squared differences.
/// Those of equal rows are 0, and one of two rows is the same to the bit whichever comes first.
void st_squared_distances(double *out, const double *a, size_t a_rows, const double *b,
                          size_t b_rows, size_t length);
