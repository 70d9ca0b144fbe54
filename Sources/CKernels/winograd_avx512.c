#include "variant_avx512.h"
#ifdef ST_VARIANT
#include "winograd_4x4.h"

#include "winograd_body.h"
#include "variant_end.h"
#endif
