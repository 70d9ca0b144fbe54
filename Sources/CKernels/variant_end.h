// Ends a variant for more than every processor has.
#pragma clang attribute pop
