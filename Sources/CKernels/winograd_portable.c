#include "variant_portable.h"
#include "winograd_4x4.h"

#include "winograd_body.h"
