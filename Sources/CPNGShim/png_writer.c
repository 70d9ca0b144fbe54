#include "CPNGShim.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

typedef struct writer {
  jmp_buf jump;
  st_png_bytes *out;
} writer;

static void on_error(png_structp png, png_const_charp message) {
  writer *self = png_get_error_ptr(png);
  strncpy(self->out->message, message, sizeof self->out->message - 1);
  longjmp(self->jump, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
  (void)png, (void)message;
}

static void on_write(png_structp png, png_bytep bytes, size_t count) {
  st_png_bytes *out = ((writer *)png_get_io_ptr(png))->out;
  if (count > out->capacity - out->count) {
    size_t capacity = 2 * out->capacity + count + 1024;
    uint8_t *grown = realloc(out->bytes, capacity);
    if (!grown) png_error(png, "out of memory");
    out->bytes = grown;
    out->capacity = capacity;
  }
  memcpy(out->bytes + out->count, bytes, count);
  out->count += count;
}

static void on_flush(png_structp png) { (void)png; }

static void set_texts(png_structp png, png_infop info, const st_png_image *image) {
  for (int i = 0; i < image->text_count; i++) {
    const st_png_text *text = &image->texts[i];
    // libpng copies both strings; it does not write through these pointers.
    png_text entry = {
        .compression = text->is_unicode ? PNG_ITXT_COMPRESSION_NONE : PNG_TEXT_COMPRESSION_NONE,
        .key = (png_charp)text->keyword,
        .text = (png_charp)text->text,
        .lang = NULL,
        .lang_key = NULL,
    };
    png_set_text(png, info, &entry, 1);
  }
}

static int colour_type(int channels) {
  if (channels == 1) return PNG_COLOR_TYPE_GRAY;
  return channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGB_ALPHA;
}

int st_png_encode(const st_png_image *image, st_png_bytes *out) {
  memset(out, 0, sizeof *out);
  writer self = {.out = out};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &self, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info || setjmp(self.jump)) {
    if (!info) strcpy(out->message, "out of memory");
    png_destroy_write_struct(&png, &info);
    free(out->bytes);
    out->bytes = NULL;
    return ST_PNG_REFUSED;
  }
  png_set_write_fn(png, &self, on_write, on_flush);
  // The caller has checked the size; libpng's own limits are a million pixels a side.
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_IHDR(png, info, image->width, image->height, image->bit_depth,
               colour_type(image->channels), PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(png, image->compression_level);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, image->filters);
  set_texts(png, info, image);
  png_write_info(png, info);
  if (image->bit_depth == 16 && *(const uint8_t *)&(const uint16_t){1}) png_set_swap(png);

  const uint8_t *row = image->samples;
  size_t row_bytes = (size_t)image->width * (size_t)(image->channels * image->bit_depth / 8);
  for (uint32_t y = 0; y < image->height; y++, row += row_bytes) png_write_row(png, row);
  png_write_end(png, NULL);
  png_destroy_write_struct(&png, &info);
  return ST_PNG_DONE;
}
