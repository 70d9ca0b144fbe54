#include "variant_avx512.h"
#ifdef ST_VARIANT
#include "attention_body.h"
#include "variant_end.h"
#endif
