#include <stdlib.h>
#include <string.h>

#include "CPNGShim.h"

#if defined(__x86_64__) && defined(__ELF__)
/// Compiled for three generations of processors; the loader takes the best that runs.
#define ST_DISPATCH __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define ST_DISPATCH
#endif
#define ST_INLINE static inline __attribute__((always_inline))

// The filters of PNG's specification, 9.2: what is left of a byte after a guess from the bytes a to
// its left, b above it and c above a. Loops are such as compilers make vector code of.
enum { none, sub, up, average, paeth, filter_count };

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

int st_png_filter(uint8_t *out, const uint8_t *samples, size_t row_bytes, size_t rows,
                  size_t pixel_bytes) {
  // Four tries, and a row of zeros above the first.
  uint8_t *tries = malloc(5 * row_bytes);
  if (!tries) return ST_PNG_REFUSED;
  const uint8_t *above = memset(tries + 4 * row_bytes, 0, row_bytes);
  for (size_t y = 0; y < rows; y++, samples += row_bytes, out += row_bytes + 1) {
    choose(out, tries, samples, above, row_bytes, pixel_bytes);
    above = samples;
  }
  free(tries);
  return ST_PNG_DONE;
}

// To undo a filter is to go from pixel to pixel: the lower half of a vector holds one
// pixel's bytes, 16 bits each.
typedef int16_t st_pixel __attribute__((vector_size(16)));
typedef uint8_t st_bytes __attribute__((vector_size(8)));
enum { LANES = 4 };

/// The pixel at `bytes`; a fourth byte of three is taken along while there are `left` bytes.
ST_INLINE st_pixel load(const uint8_t *bytes, size_t left, size_t pixel) {
  st_bytes v = {0};
  if (left >= LANES)
    memcpy(&v, bytes, LANES);
  else
    memcpy(&v, bytes, pixel);
  return __builtin_convertvector(v, st_pixel);
}

ST_INLINE void store(uint8_t *bytes, st_pixel p, size_t left, size_t pixel) {
  st_bytes v = __builtin_convertvector(p, st_bytes);
  // A fourth byte of three is the next pixel's, which comes next.
  if (left >= LANES)
    memcpy(bytes, &v, LANES);
  else
    memcpy(bytes, &v, pixel);
}

ST_INLINE st_pixel magnitude(st_pixel p) { return __builtin_elementwise_max(p, -p); }

ST_INLINE st_pixel guess_pixel(int filter, st_pixel a, st_pixel b, st_pixel c) {
  if (filter == sub) return a;
  if (filter == average) return (a + b) >> 1;
  st_pixel pa = magnitude(b - c), pb = magnitude(a - c), pc = magnitude(a + b - 2 * c);
  st_pixel least = __builtin_elementwise_min(pc, __builtin_elementwise_min(pa, pb));
  st_pixel is_a = pa == least, is_b = (pb == least) & ~is_a;
  return (a & is_a) | (b & is_b) | (c & ~is_a & ~is_b);
}

ST_INLINE void unfilter_row(int filter, uint8_t *restrict out, const uint8_t *restrict left,
                            const uint8_t *restrict above, size_t count, size_t pixel) {
  st_pixel a = {0}, c = {0};
  for (size_t i = 0; i < count; i += pixel) {
    st_pixel b = load(above + i, count - i, pixel);
    a = (load(left + i, count - i, pixel) + guess_pixel(filter, a, b, c)) & 0xff;
    c = b;
    store(out + i, a, count - i, pixel);
  }
}

ST_INLINE void unfilter(int filter, uint8_t *restrict out, const uint8_t *restrict left,
                        const uint8_t *restrict above, size_t count, size_t pixel) {
  switch (filter) {
    case none: memcpy(out, left, count); break;
    case sub: unfilter_row(sub, out, left, above, count, pixel); break;
    case up:
      for (size_t i = 0; i < count; i++) out[i] = (uint8_t)(left[i] + above[i]);
      break;
    case average: unfilter_row(average, out, left, above, count, pixel); break;
    default: unfilter_row(paeth, out, left, above, count, pixel);
  }
}

int st_png_unfilter(uint8_t *out, const uint8_t *filtered, size_t row_bytes, size_t rows,
                    size_t pixel_bytes) {
  uint8_t *zeros = calloc(1, row_bytes);
  if (!zeros) return ST_PNG_REFUSED;
  const uint8_t *above = zeros;
  int code = ST_PNG_DONE;
  for (size_t y = 0; y < rows && code == ST_PNG_DONE; y++) {
    int filter = filtered[0];
    if (filter >= filter_count)
      code = ST_PNG_REFUSED;
    else if (pixel_bytes == 1)
      unfilter(filter, out, filtered + 1, above, row_bytes, 1);
    else if (pixel_bytes == 3)
      unfilter(filter, out, filtered + 1, above, row_bytes, 3);
    else
      unfilter(filter, out, filtered + 1, above, row_bytes, 4);
    above = out;
    out += row_bytes;
    filtered += row_bytes + 1;
  }
  free(zeros);
  return code;
}
