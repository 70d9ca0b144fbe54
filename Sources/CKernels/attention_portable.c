#include "variant_portable.h"
#include "attention_body.h"
