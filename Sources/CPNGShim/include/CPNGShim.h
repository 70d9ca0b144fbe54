#pragma once

#include <stddef.h>
#include <stdint.h>

// libpng reports errors by longjmp, which must not cross Swift frames. Every function here sets
// its own jump target and turns what happened into a code and a message.

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
  /// Grey becomes RGB.
  ST_PNG_COLOUR = 1,
  /// An opaque alpha is added where there is none.
  ST_PNG_ALPHA = 2,
  /// 16-bit samples stay 16 bits, in the machine's byte order; otherwise they are rounded to 8.
  ST_PNG_DEEP = 4,
};

/// What stands before the pixels.
typedef struct st_png_header {
  uint32_t width, height;
  uint8_t bit_depth, colour_type, interlaced;
  /// Whether a tRNS chunk makes some colours transparent.
  uint8_t has_transparent_colours;
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
/// palettes are expanded to RGB, bits to bytes and transparent colours to an alpha channel.
int st_png_read_pixels(st_png_reader *reader, int options, void *samples, size_t row_bytes);

/// libpng's words for the last refusal.
const char *st_png_reader_message(const st_png_reader *reader);
/// errno of the last ST_PNG_SYSTEM.
int st_png_reader_error_number(const st_png_reader *reader);

/// A text chunk to write.
typedef struct st_png_text {
  const char *keyword, *text;
  /// 0: tEXt, in Latin-1. 1: iTXt, in UTF-8.
  int is_unicode;
} st_png_text;

/// What to write. `samples` are interleaved, 16-bit ones in the machine's byte order.
typedef struct st_png_image {
  uint32_t width, height;
  int bit_depth, channels;
  const void *samples;
  /// zlib's level, 0 to 9, and libpng's PNG_FILTER_ bits.
  int compression_level, filters;
  const st_png_text *texts;
  int text_count;
} st_png_image;

/// libpng's filter choices, for st_png_image.
enum { ST_PNG_FILTER_NONE = 0x08, ST_PNG_FILTER_AVERAGE = 0x40, ST_PNG_FILTER_ADAPTIVE = 0xf8 };

/// An encoded file, in memory from malloc that the caller frees, or the message of the failure.
typedef struct st_png_bytes {
  uint8_t *bytes;
  size_t count, capacity;
  char message[192];
} st_png_bytes;

int st_png_encode(const st_png_image *image, st_png_bytes *out);
