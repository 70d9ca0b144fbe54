#pragma once
#include "vector.h"

// F(4 x 4, 3 x 3): Lavin & Gray 2016, section 4.3, with the points 0, 1, -1, 2, -2 and infinity.

enum { tile = 4, points = tile + 2 };

/// B^T
ST_INLINE void transform_input(st_vector out[points], const st_vector d[points]) {
  st_vector a = d[4] - 4 * d[2], b = d[3] - 4 * d[1];
  st_vector c = d[4] - d[2], e = 2 * (d[3] - d[1]);
  out[0] = 4 * d[0] - 5 * d[2] + d[4];
  out[1] = a + b, out[2] = a - b;
  out[3] = c + e, out[4] = c - e;
  out[5] = 4 * d[1] - 5 * d[3] + d[5];
}

/// A^T
ST_INLINE void transform_output(st_vector out[tile], const st_vector m[points]) {
  st_vector a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], d = m[3] - m[4];
  out[0] = m[0] + a + c;
  out[1] = b + 2 * d;
  out[2] = a + 4 * c;
  out[3] = b + 8 * d + m[5];
}

/// A
ST_INLINE void spread_output(st_vector out[points], const st_vector y[tile]) {
  st_vector a = y[0] + y[2], b = y[1] + y[3];
  st_vector c = y[0] + 4 * y[2], d = 2 * y[1] + 8 * y[3];
  out[0] = y[0];
  out[1] = a + b, out[2] = a - b;
  out[3] = c + d, out[4] = c - d;
  out[5] = y[3];
}

/// G
ST_INLINE void transform_filter(st_vector out[points], const st_vector g[3]) {
  st_vector a = (g[0] + g[2]) * (-1 / 6.0f), b = g[1] * (-1 / 6.0f);
  st_vector c = g[0] * (1 / 24.0f) + g[2] * (1 / 6.0f), d = g[1] * (1 / 12.0f);
  out[0] = g[0] * 0.25f;
  out[1] = a + b, out[2] = a - b;
  out[3] = c + d, out[4] = c - d;
  out[5] = g[2];
}

/// G^T
ST_INLINE void gather_filter(st_vector out[3], const st_vector u[points]) {
  st_vector a = (u[1] + u[2]) * (-1 / 6.0f), b = (u[2] - u[1]) * (1 / 6.0f);
  st_vector c = u[3] + u[4], d = u[3] - u[4];
  out[0] = u[0] * 0.25f + a + c * (1 / 24.0f);
  out[1] = b + d * (1 / 12.0f);
  out[2] = a + c * (1 / 6.0f) + u[5];
}
