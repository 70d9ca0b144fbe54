#include "variant_portable.h"
#include "tap_gradient_body.h"
