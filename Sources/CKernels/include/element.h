#pragma once

/// What the elements of images are.
typedef enum {
  st_float32,
  st_bfloat16, ///< a float's upper half: its sign, its exponent and 7 bits of fraction
} st_element;
