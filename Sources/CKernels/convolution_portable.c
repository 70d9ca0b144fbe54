#include "variant_portable.h"
#include "convolution_body.h"
