#include "variant_bfloat16.h"
#ifdef ST_VARIANT
#include "winograd_2x2.h"

#include "winograd_body.h"
#include "variant_end.h"
#endif
