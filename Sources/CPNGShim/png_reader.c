#include "CPNGShim.h"

#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct st_png_reader {
  png_structp png;
  png_infop info;
  jmp_buf jump;
  int code, error_number;
  char message[192];
  // What is next: `count` bytes at `next`; then, where there is a descriptor, what it gives.
  const uint8_t *next;
  size_t count;
  int descriptor;
  uint8_t buffer[32768];
};

static _Noreturn void stop(st_png_reader *reader, int code, const char *message) {
  reader->code = code;
  strncpy(reader->message, message, sizeof reader->message - 1);
  reader->message[sizeof reader->message - 1] = 0;
  longjmp(reader->jump, 1);
}

static void on_error(png_structp png, png_const_charp message) {
  stop(png_get_error_ptr(png), ST_PNG_REFUSED, message);
}

/// A warning about the pixels' stream, a wrong checksum of zlib's for one, refuses the file: all
/// but bytes after its end, which do no harm.
static void on_warning(png_structp png, png_const_charp message) {
  int concerns_pixels = strncmp(message, "IDAT: ", 6) == 0;
  int is_excess =
      strstr(message, "Extra compressed data") || strstr(message, "Too much image data");
  if (concerns_pixels && !is_excess) on_error(png, message);
}

/// Refills the empty buffer from the descriptor.
static void refill(st_png_reader *reader) {
  ssize_t got = 0;
  if (reader->descriptor >= 0) {
    do {
      got = read(reader->descriptor, reader->buffer, sizeof reader->buffer);
    } while (got < 0 && errno == EINTR);
  }
  if (got < 0) {
    reader->error_number = errno;
    stop(reader, ST_PNG_SYSTEM, "");
  }
  if (got == 0) stop(reader, ST_PNG_ENDED, "");
  reader->next = reader->buffer;
  reader->count = (size_t)got;
}

static void on_read(png_structp png, png_bytep out, size_t wanted) {
  st_png_reader *reader = png_get_io_ptr(png);
  while (wanted > 0) {
    if (reader->count == 0) refill(reader);
    size_t part = wanted < reader->count ? wanted : reader->count;
    memcpy(out, reader->next, part);
    reader->next += part;
    reader->count -= part;
    out += part;
    wanted -= part;
  }
}

static st_png_reader *open_reader(uint32_t width_limit, uint32_t height_limit) {
  st_png_reader *reader = malloc(sizeof *reader);
  if (!reader) return NULL;
  reader->code = ST_PNG_DONE;
  reader->error_number = 0;
  reader->message[0] = 0;
  reader->next = NULL;
  reader->count = 0;
  reader->descriptor = -1;
  reader->info = NULL;
  reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, on_error, on_warning);
  if (!reader->png || setjmp(reader->jump)) {
    st_png_reader_close(reader);
    return NULL;
  }
  reader->info = png_create_info_struct(reader->png);
  if (!reader->info) {
    st_png_reader_close(reader);
    return NULL;
  }
  png_set_read_fn(reader->png, reader, on_read);
  // A wrong checksum refuses the file, whatever the chunk.
  png_set_crc_action(reader->png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  png_set_benign_errors(reader->png, 1);
  // -1: all chunks but IHDR, PLTE, tRNS, IDAT and IEND (png_set_keep_unknown_chunks(3)). They are
  // skipped without taking memory, so their length needs no limit.
  png_set_keep_unknown_chunks(reader->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_set_chunk_cache_max(reader->png, 1);
  png_set_chunk_malloc_max(reader->png, PNG_UINT_31_MAX);
  png_set_user_limits(reader->png, width_limit, height_limit);
  return reader;
}

st_png_reader *st_png_reader_open(int descriptor, uint32_t width_limit, uint32_t height_limit) {
  st_png_reader *reader = open_reader(width_limit, height_limit);
  if (reader) reader->descriptor = descriptor;
  return reader;
}

st_png_reader *st_png_reader_open_memory(const uint8_t *bytes, size_t count, uint32_t width_limit,
                                         uint32_t height_limit) {
  st_png_reader *reader = open_reader(width_limit, height_limit);
  if (!reader) return NULL;
  reader->next = bytes;
  reader->count = count;
  return reader;
}

void st_png_reader_close(st_png_reader *reader) {
  if (!reader) return;
  png_destroy_read_struct(&reader->png, &reader->info, NULL);
  free(reader);
}

/// Whether all colors of a palette image are grays.
static int has_gray_palette(png_structp png, png_infop info) {
  png_colorp colors;
  int count = 0;
  if (png_get_color_type(png, info) != PNG_COLOR_TYPE_PALETTE ||
      !png_get_PLTE(png, info, &colors, &count))
    return 0;
  for (int i = 0; i < count; i++) {
    if (colors[i].red != colors[i].green || colors[i].green != colors[i].blue) return 0;
  }
  return 1;
}

int st_png_read_header(st_png_reader *reader, st_png_header *header) {
  if (setjmp(reader->jump)) return reader->code;
  png_read_info(reader->png, reader->info);
  *header = (st_png_header){
      .width = png_get_image_width(reader->png, reader->info),
      .height = png_get_image_height(reader->png, reader->info),
      .bit_depth = png_get_bit_depth(reader->png, reader->info),
      .color_type = png_get_color_type(reader->png, reader->info),
      .interlaced = png_get_interlace_type(reader->png, reader->info) != PNG_INTERLACE_NONE,
      .has_transparent_colors = png_get_valid(reader->png, reader->info, PNG_INFO_tRNS) != 0,
      .gray_palette = has_gray_palette(reader->png, reader->info),
  };
  return ST_PNG_DONE;
}

int st_png_read_pixels(st_png_reader *reader, int options, void *samples, size_t row_bytes) {
  if (setjmp(reader->jump)) return reader->code;
  png_structp png = reader->png;
  int alpha = (png_get_color_type(png, reader->info) & PNG_COLOR_MASK_ALPHA) ||
              png_get_valid(png, reader->info, PNG_INFO_tRNS);
  png_set_expand(png);
  if (options & ST_PNG_COLOR) png_set_gray_to_rgb(png);
  if ((options & ST_PNG_ALPHA) && !alpha) png_set_add_alpha(png, 0xffff, PNG_FILLER_AFTER);
  if (png_get_bit_depth(png, reader->info) == 16) {
    if (!(options & ST_PNG_DEEP)) {
      png_set_scale_16(png);
    } else if (*(const uint8_t *)&(const uint16_t){1}) {
      png_set_swap(png);
    }
  }
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, reader->info);
  if (png_get_rowbytes(png, reader->info) != row_bytes) png_error(png, "unexpected row size");

  uint32_t height = png_get_image_height(png, reader->info);
  for (int pass = 0; pass < passes; pass++) {
    png_bytep row = samples;
    for (uint32_t y = 0; y < height; y++, row += row_bytes) png_read_row(png, row, NULL);
  }
  png_read_end(png, NULL);
  return ST_PNG_DONE;
}

const char *st_png_reader_message(const st_png_reader *reader) { return reader->message; }

int st_png_reader_error_number(const st_png_reader *reader) { return reader->error_number; }

const char *st_png_version(void) { return png_get_libpng_ver(NULL); }
