#include <stdlib.h>
#include <string.h>

#include "CPNGShim.h"
#include "png_filters.h"

// Functions of vectors are inlined: no call passes one.
#pragma clang diagnostic ignored "-Wpsabi"

// To undo a filter is to go from pixel to pixel, each of which waits for the one to its left. So a few rows
// are undone at a time, each a pixel behind the row above it: what is above a pixel was made a step before.
enum { ROWS = 4, SAMPLES = 4 };

/// A pixel of each row, its samples 16 bits each; after fewer than four stands what comes next in the row.
typedef int16_t st_pixels __attribute__((vector_size(2 * ROWS * SAMPLES)));
typedef uint64_t st_groups __attribute__((vector_size(2 * ROWS * SAMPLES)));
typedef uint8_t st_samples __attribute__((vector_size(ROWS * SAMPLES)));
typedef uint32_t st_words __attribute__((vector_size(ROWS * SAMPLES)));

/// Rows that are undone together.
struct band {
  uint8_t *out;
  const uint8_t *filtered, *above;
  size_t rows, row_bytes, pixel;
  /// -1 in the lanes of rows with that filter.
  st_pixels is_sub, is_up, is_average, is_paeth;
  /// The pixels made last, and those above them.
  st_pixels last, last_above;
};

ST_INLINE st_pixels widened(st_words words) {
  return __builtin_convertvector((st_samples)words, st_pixels);
}

ST_INLINE st_pixels magnitude(st_pixels p) { return __builtin_elementwise_max(p, -p); }

ST_INLINE st_pixels nearest(st_pixels a, st_pixels b, st_pixels c) {
  st_pixels pa = magnitude(b - c), pb = magnitude(a - c), pc = magnitude(a + b - 2 * c);
  st_pixels least = __builtin_elementwise_min(pc, __builtin_elementwise_min(pa, pb));
  st_pixels is_a = pa == least, is_b = (pb == least) & ~is_a;
  return (a & is_a) | (b & is_b) | (c & ~is_a & ~is_b);
}

/// Undoes a pixel of each row: of row r the one `place` - r, where there is one. `is_inside` says that there
/// is one of every row, with four bytes of the row from there on.
ST_INLINE void advance(struct band *band, size_t place, int is_inside) {
  size_t at[ROWS], size[ROWS];
  for (size_t r = 0; r < ROWS; r++) {
    at[r] = (place - r) * band->pixel;
    int is_there = r < band->rows && r <= place && at[r] < band->row_bytes;
    size[r] = is_inside ? SAMPLES : is_there ? band->pixel : 0;
  }
  uint32_t word[ROWS] = {0}, above = 0;
  for (size_t r = 0; r < ROWS; r++)
    if (size[r]) memcpy(&word[r], band->filtered + r * (band->row_bytes + 1) + 1 + at[r], size[r]);
  if (size[0]) memcpy(&above, band->above + at[0], size[0]);

  st_pixels a = band->last, c = band->last_above;
  st_pixels b = (st_pixels)__builtin_shufflevector((st_groups)widened((st_words){above}),
                                                   (st_groups)a, 0, 4, 5, 6);
  st_pixels guess = (a & band->is_sub) | (b & band->is_up) | (((a + b) >> 1) & band->is_average) |
                    (nearest(a, b, c) & band->is_paeth);
  band->last = (widened((st_words){word[0], word[1], word[2], word[3]}) + guess) & 0xff;
  band->last_above = b;

  st_words made = (st_words) __builtin_convertvector(band->last, st_samples);
  for (size_t r = 0; r < ROWS; r++) {
    uint32_t pixels = made[r];
    // The bytes after a pixel are the next one's, which is made in the next step.
    if (size[r]) memcpy(band->out + r * band->row_bytes + at[r], &pixels, size[r]);
  }
}

ST_INLINE void undo_band(struct band *band) {
  for (size_t r = 0; r < band->rows; r++) {
    int filter = band->filtered[r * (band->row_bytes + 1)];
    for (size_t lane = r * SAMPLES; lane < (r + 1) * SAMPLES; lane++) {
      band->is_sub[lane] = filter == sub ? -1 : 0;
      band->is_up[lane] = filter == up ? -1 : 0;
      band->is_average[lane] = filter == average ? -1 : 0;
      band->is_paeth[lane] = filter == paeth ? -1 : 0;
    }
  }
  size_t place = 0, steps = band->row_bytes / band->pixel + band->rows - 1;
  while (place < steps && place + 1 < ROWS) advance(band, place++, 0);
  if (band->rows == ROWS)
    while (place * band->pixel + SAMPLES <= band->row_bytes) advance(band, place++, 1);
  while (place < steps) advance(band, place++, 0);
}

/// Undoes a row whose bytes do not wait for each other.
ST_INLINE void undo_row(uint8_t *restrict out, const uint8_t *restrict filtered,
                        const uint8_t *restrict above, size_t count) {
  if (filtered[0] == none) {
    memcpy(out, filtered + 1, count);
  } else {
    for (size_t i = 0; i < count; i++) out[i] = (uint8_t)(filtered[i + 1] + above[i]);
  }
}

ST_INLINE int undo_rows(uint8_t *out, const uint8_t *filtered, const uint8_t *zeros,
                        size_t row_bytes, size_t rows, size_t pixel) {
  for (size_t y = 0; y < rows; y++)
    if (filtered[y * (row_bytes + 1)] >= filter_count) return ST_PNG_REFUSED;
  for (size_t y = 0, count; y < rows; y += count) {
    const uint8_t *left = filtered + y * (row_bytes + 1);
    const uint8_t *above = y > 0 ? out + (y - 1) * row_bytes : zeros;
    count = 1;
    if (left[0] == none || left[0] == up) {
      undo_row(out + y * row_bytes, left, above, row_bytes);
    } else {
      count = rows - y < ROWS ? rows - y : ROWS;
      undo_band(&(struct band){.out = out + y * row_bytes,
                               .filtered = left,
                               .above = above,
                               .rows = count,
                               .row_bytes = row_bytes,
                               .pixel = pixel});
    }
  }
  return ST_PNG_DONE;
}

ST_DISPATCH static int undo(uint8_t *out, const uint8_t *filtered, const uint8_t *zeros,
                            size_t row_bytes, size_t rows, size_t pixel) {
  if (pixel == 1) return undo_rows(out, filtered, zeros, row_bytes, rows, 1);
  if (pixel == 3) return undo_rows(out, filtered, zeros, row_bytes, rows, 3);
  return undo_rows(out, filtered, zeros, row_bytes, rows, 4);
}

int st_png_unfilter(uint8_t *out, const uint8_t *filtered, size_t row_bytes, size_t rows,
                    size_t pixel_bytes) {
  uint8_t *zeros = calloc(1, row_bytes);
  if (!zeros) return ST_PNG_REFUSED;
  int code = undo(out, filtered, zeros, row_bytes, rows, pixel_bytes);
  free(zeros);
  return code;
}
