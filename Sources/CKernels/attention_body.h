// Attention of products of words, included once for each kind of words and registers.
//
// Before it: words_float32.h or one of words_bfloat16_*.h, and `power_of_two`, which is 2^x of any number.

#include "attention_backward.h"
#include "attention_forward.h"

const struct attention_variant ST_VARIANT(attention) = {
    .forward_scratch = forward_scratch,
    .forward = forward,
    .backward_scratch = backward_scratch,
    .backward = backward,
};
