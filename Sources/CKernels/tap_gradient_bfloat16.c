#include "variant_bfloat16.h"
#ifdef ST_VARIANT
#include "tap_gradient_body.h"
#include "variant_end.h"
#endif
