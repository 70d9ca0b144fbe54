#pragma once

#include <stddef.h>
#include <stdint.h>

/// libFuzzer without its main function (LLVM's manual, "Using libFuzzer as a library").
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));

/// Lets every checksum of HDF5 be right from now on, so that changes get past it into the library.
void fuzz_ignore_hdf5_checksums(void);
