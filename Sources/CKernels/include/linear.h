#pragma once
#include <stddef.h>

/// y (rows x columns) = x (rows x inner) times the transpose of w (columns x inner), plus b unless
/// that is null; all row-major. A row's result does not depend on the other rows.
void st_linear(float *y, const float *x, const float *w, const float *b, size_t rows,
               size_t columns, size_t inner);
