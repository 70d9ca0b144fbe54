#include "variant_avx2.h"
#ifdef ST_VARIANT
#include "attention_body.h"
#include "variant_end.h"
#endif
