#pragma once
#include "vector.h"

// Sums over each of some images. Threads share the images' pieces, which are the same for any number of threads, and
// the pieces' sums are added in order: so an image's sum does not depend on the threads.

enum { most_pieces = 64, sums_at_once = 4096 };

struct image_sums {
  size_t length, piece, pieces; ///< of an image, in elements or pixels, and how many pieces
  size_t first_image;           ///< of those that are summed up now
  double *sums;                 ///< of their pieces
};

/// From `begin` to before `end` of an image.
struct image_piece {
  size_t image, begin, end;
};

ST_INLINE struct image_piece image_piece_at(const struct image_sums *s, size_t unit) {
  size_t begin = unit % s->pieces * s->piece, rest = s->length - begin;
  return (struct image_piece){s->first_image + unit / s->pieces, begin,
                              begin + (rest < s->piece ? rest : s->piece)};
}

/// losses[n] = weights[n] (or 1) * sum / count, for `images` images of `length`, in pieces of a multiple of `least`.
/// Of each piece `task` writes the sum to `s->sums`, which `context` has.
static void sum_images(float *losses, const float *weights, double count, size_t images,
                       size_t length, size_t least, struct image_sums *s, const void *context,
                       st_task task) {
  double sums[sums_at_once];
  size_t piece = least * st_divide_up(length, least * most_pieces);
  *s = (struct image_sums){length, piece, st_divide_up(length, piece), 0, sums};
  size_t together = sums_at_once / s->pieces;
  for (; s->first_image < images; s->first_image += together) {
    size_t rest = images - s->first_image, some = rest < together ? rest : together;
    st_parallel(some * s->pieces, context, task);
    for (size_t i = 0; i < some; i++) {
      size_t n = s->first_image + i;
      double total = 0;
      for (size_t p = 0; p < s->pieces; p++) total += sums[i * s->pieces + p];
      losses[n] = (float)((weights ? weights[n] : 1) * total / count);
    }
  }
}
