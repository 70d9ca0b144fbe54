#include "variant_bfloat16.h"
#ifdef ST_VARIANT
#include "attention_body.h"
#include "variant_end.h"
#endif
