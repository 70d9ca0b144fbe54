#include "variant_avx2.h"
#ifdef ST_VARIANT
#include "tap_gradient_body.h"
#include "variant_end.h"
#endif
