#pragma once
#include "vector.h"

// F(2 x 2, 3 x 3): Lavin & Gray 2016, section 4.1, with the points 0, 1, -1 and infinity.

enum { tile = 2, points = tile + 2 };

/// B^T
ST_INLINE void transform_input(st_vector out[points], const st_vector d[points]) {
  out[0] = d[0] - d[2];
  out[1] = d[1] + d[2], out[2] = d[2] - d[1];
  out[3] = d[1] - d[3];
}

/// A^T
ST_INLINE void transform_output(st_vector out[tile], const st_vector m[points]) {
  out[0] = m[0] + m[1] + m[2];
  out[1] = m[1] - m[2] - m[3];
}

/// A
ST_INLINE void spread_output(st_vector out[points], const st_vector y[tile]) {
  out[0] = y[0];
  out[1] = y[0] + y[1], out[2] = y[0] - y[1];
  out[3] = -y[1];
}

/// G
ST_INLINE void transform_filter(st_vector out[points], const st_vector g[3]) {
  st_vector a = (g[0] + g[2]) * 0.5f, b = g[1] * 0.5f;
  out[0] = g[0];
  out[1] = a + b, out[2] = a - b;
  out[3] = g[2];
}

/// G^T
ST_INLINE void gather_filter(st_vector out[3], const st_vector u[points]) {
  st_vector a = (u[1] + u[2]) * 0.5f;
  out[0] = u[0] + a;
  out[1] = (u[1] - u[2]) * 0.5f;
  out[2] = a + u[3];
}
