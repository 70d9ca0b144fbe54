#include "variant_bfloat16.h"
#ifdef ST_VARIANT
#include "convolution_body.h"
#include "variant_end.h"
#endif
