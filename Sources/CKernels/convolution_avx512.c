#include "variant_avx512.h"
#ifdef ST_VARIANT
#include "convolution_body.h"
#include "variant_end.h"
#endif
