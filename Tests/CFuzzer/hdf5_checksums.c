#include "fuzzer.h"

// The reader's own function of this name is weak: the linker takes this one.

static int are_ignored;

void fuzz_ignore_hdf5_checksums(void) { are_ignored = 1; }

int st_h5_is_checksum(uint32_t stored, uint32_t computed) {
  return are_ignored || stored == computed;
}
