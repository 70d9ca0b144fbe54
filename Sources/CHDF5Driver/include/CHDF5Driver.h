#pragma once

#include <stdint.h>

/// Makes files of a file-access list go to the disk past the system's cache as far as they can: large
/// pieces whose place and memory are multiples of ST_H5_PAGE, but for their last bytes.
///
/// The cache takes more time than a fast disk, and drops what others have in it. `access` is an
/// identifier of the HDF5 library's; the result is negative where it failed.
int st_h5_set_direct(int64_t access);

enum { ST_H5_PAGE = 4096 };

/// Whether a checksum of a file's is the right one: a function of its own so that a fuzzer can have any
/// be right, and its changes so get past them.
int st_h5_is_checksum(uint32_t stored, uint32_t computed);
