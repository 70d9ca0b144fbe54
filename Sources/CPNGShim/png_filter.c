#include <stdlib.h>
#include <string.h>

#include "CPNGShim.h"
#include "png_filters.h"

// Loops are such as compilers make vector code of.

ST_INLINE uint8_t nearest(int a, int b, int c) {
  int pa = abs(b - c), pb = abs(a - c), pc = abs(a + b - 2 * c);
  return (uint8_t)(pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
}

ST_INLINE uint8_t guess(int filter, uint8_t a, uint8_t b, uint8_t c) {
  switch (filter) {
    case sub: return a;
    case up: return b;
    case average: return (uint8_t)(((unsigned)a + b) >> 1);
    case paeth: return nearest(a, b, c);
    default: return 0;
  }
}

/// Filters a row; `above` is the row above it, and `pixel` how far left a is.
ST_INLINE void filter_row(int filter, uint8_t *restrict out, const uint8_t *restrict row,
                          const uint8_t *restrict above, size_t count, size_t pixel) {
  for (size_t i = 0; i < pixel; i++) out[i] = (uint8_t)(row[i] - guess(filter, 0, above[i], 0));
  for (size_t i = pixel; i < count; i++)
    out[i] = (uint8_t)(row[i] - guess(filter, row[i - pixel], above[i], above[i - pixel]));
}

/// The sum of what is left, taken as signed bytes: small ones pack well.
ST_INLINE uint64_t cost(const uint8_t *left, size_t count) {
  uint64_t sum = 0;
  while (count > 0) {
    uint32_t part = 0;
    size_t end = count < 65536 ? count : 65536;
    for (size_t i = 0; i < end; i++) part += left[i] < 128 ? left[i] : 256u - left[i];
    sum += part;
    left += end;
    count -= end;
  }
  return sum;
}

/// Filters a row in all ways into `tries` and copies the cheapest to `out`, behind its number.
ST_DISPATCH static void choose(uint8_t *restrict out, uint8_t *restrict tries, const uint8_t *row,
                               const uint8_t *above, size_t count, size_t pixel) {
  filter_row(sub, tries, row, above, count, pixel);
  filter_row(up, tries + count, row, above, count, pixel);
  filter_row(average, tries + 2 * count, row, above, count, pixel);
  filter_row(paeth, tries + 3 * count, row, above, count, pixel);
  int best = none;
  uint64_t least = cost(row, count);
  for (int filter = sub; filter < filter_count; filter++) {
    uint64_t sum = cost(tries + (size_t)(filter - 1) * count, count);
    if (sum < least) {
      least = sum;
      best = filter;
    }
  }
  out[0] = (uint8_t)best;
  memcpy(out + 1, best == none ? row : tries + (size_t)(best - 1) * count, count);
}

/// Copies a row of samples, 16-bit ones big-endian.
static void copy_row(uint8_t *restrict out, const uint8_t *restrict samples, size_t row_bytes,
                     size_t sample_bytes) {
  if (sample_bytes == 1) {
    memcpy(out, samples, row_bytes);
    return;
  }
  const uint16_t *words = (const uint16_t *)samples;
  for (size_t i = 0; i < row_bytes / 2; i++) {
    out[2 * i] = (uint8_t)(words[i] >> 8);
    out[2 * i + 1] = (uint8_t)words[i];
  }
}

int st_png_filter(uint8_t *out, const void *samples, size_t row_bytes, size_t rows,
                  size_t pixel_bytes, size_t sample_bytes) {
  // Four tries, and two rows as they are in the file: one, and the one above it, at first of zeros.
  uint8_t *tries = malloc(6 * row_bytes);
  if (!tries) return ST_PNG_REFUSED;
  uint8_t *row = tries + 4 * row_bytes;
  uint8_t *above = memset(row + row_bytes, 0, row_bytes);
  for (size_t y = 0; y < rows; y++, out += row_bytes + 1) {
    copy_row(row, (const uint8_t *)samples + y * row_bytes, row_bytes, sample_bytes);
    choose(out, tries, row, above, row_bytes, pixel_bytes);
    uint8_t *next = above;
    above = row;
    row = next;
  }
  free(tries);
  return ST_PNG_DONE;
}
