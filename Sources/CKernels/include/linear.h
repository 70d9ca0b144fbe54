#pragma once
#include <stddef.h>

/// y (rows x columns) = x (rows x inner) times the transpose of w (columns x inner), plus b unless
/// that is null; all row-major. A row's result does not depend on the other rows.
void st_linear(float *y, const float *x, const float *w, const float *b, size_t rows,
               size_t columns, size_t inner);

/// y (rows x columns) = a (rows x inner) times b (inner x columns); y and b are row-major, and element i of row r of a
/// lies at a[r * a_row + i * a_step].
void st_multiply(float *y, const float *a, size_t a_row, size_t a_step, const float *b, size_t rows,
                 size_t columns, size_t inner);
