#pragma once

#include <stdint.h>

/// Makes files of a file-access list be written through `descriptor`, which is open for reading and
/// writing and stays the caller's: the library opens no name, and creating a file cuts off nothing.
///
/// With `is_large` bytes go to the disk past the system's cache as far as they can: large pieces whose
/// place and memory are multiples of ST_H5_PAGE, but for their last bytes. The cache takes more time than
/// a fast disk, and drops what others have in it.
///
/// `access` is an identifier of the HDF5 library's; the result is negative where it failed.
int st_h5_set_descriptor(int64_t access, int descriptor, int is_large);

/// Between a call with `is_skipping` 1 and one with 0 the elements of datasets get their places in the
/// file and are not written there.
///
/// `file` is an identifier of the HDF5 library's, of a file by such a descriptor; the result is negative
/// where it failed.
int st_h5_skip_elements(int64_t file, int is_skipping);

/// Has a file by such a descriptor closed without being cut to the length that the library knows of.
int st_h5_keep_length(int64_t file);

enum { ST_H5_PAGE = 4096 };

/// Whether a checksum of a file's is the right one: a function of its own so that a fuzzer can have any
/// be right, and its changes so get past them.
int st_h5_is_checksum(uint32_t stored, uint32_t computed);
