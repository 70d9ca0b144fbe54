#pragma once

#include <stddef.h>
#include <stdint.h>

// libpng reports errors by longjmp, which must not cross Swift frames. Every function here sets
// its own jump target and turns what happened into a code and a message.

/// The version of libpng that runs: "1.6.39".
const char *st_png_version(void);

/// What a call came to.
enum {
  ST_PNG_DONE = 0,
  /// libpng refused: see the message.
  ST_PNG_REFUSED = 1,
  /// The bytes ended before the image did.
  ST_PNG_ENDED = 2,
  /// read(2) failed: see the error number.
  ST_PNG_SYSTEM = 3,
};

/// What st_png_read_pixels makes of the file's own samples.
enum {
  /// Gray becomes RGB.
  ST_PNG_COLOR = 1,
  /// An opaque alpha is added where there is none.
  ST_PNG_ALPHA = 2,
  /// 16-bit samples stay 16 bits, in the machine's byte order; otherwise they are rounded to 8.
  ST_PNG_DEEP = 4,
};

/// What stands before the pixels.
typedef struct st_png_header {
  uint32_t width, height;
  uint8_t bit_depth, color_type, interlaced;
  /// Whether a tRNS chunk makes some colors transparent.
  uint8_t has_transparent_colors;
  /// Whether there is a palette whose colors are all grays.
  uint8_t gray_palette;
} st_png_header;

/// One image that is being read. Only the chunks IHDR, PLTE, tRNS, IDAT and IEND are looked at;
/// all others are skipped with their checksum checked.
typedef struct st_png_reader st_png_reader;

/// Reads from a descriptor, which stays the caller's. NULL when there is no memory.
st_png_reader *st_png_reader_open(int descriptor, uint32_t width_limit, uint32_t height_limit);
/// Reads from memory, which must outlive the reader. NULL when there is no memory.
st_png_reader *st_png_reader_open_memory(const uint8_t *bytes, size_t count, uint32_t width_limit,
                                         uint32_t height_limit);
void st_png_reader_close(st_png_reader *reader);

/// Reads up to the pixels. To be called once, before st_png_read_pixels.
int st_png_read_header(st_png_reader *reader, st_png_header *header);
/// Reads all rows and the end of the file. `samples` has the header's height rows of `row_bytes`;
/// palettes are expanded to RGB, bits to bytes and transparent colors to an alpha channel.
int st_png_read_pixels(st_png_reader *reader, int options, void *samples, size_t row_bytes);

/// libpng's words for the last refusal.
const char *st_png_reader_message(const st_png_reader *reader);
/// errno of the last ST_PNG_SYSTEM.
int st_png_reader_error_number(const st_png_reader *reader);

/// Filters the rows of an image for compression, each as leaves the least: `rows` times the filter's
/// number and `row_bytes` bytes. `samples` are of 1 or 2 bytes each.
int st_png_filter(uint8_t *out, const void *samples, size_t row_bytes, size_t rows,
                  size_t pixel_bytes, size_t sample_bytes);

/// Undoes what `st_png_filter` and other writers did, for pixels of 1, 3 or 4 bytes. Refuses where a
/// filter's number is none.
int st_png_unfilter(uint8_t *out, const uint8_t *filtered, size_t row_bytes, size_t rows,
                    size_t pixel_bytes);
