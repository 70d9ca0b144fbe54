#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CHDF5Driver.h"

#include <errno.h>
#include <fcntl.h>
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// A file driver as in the HDF5 library's H5FDsec2.c, for a file that is open already, with a second
// descriptor for large pieces.

enum { LARGE = 65536 };

typedef struct {
  H5FD_t base;
  int descriptor;
  /// Open with O_DIRECT; -1 where the file system has no such thing.
  int direct;
  /// The end of what is allocated, and of the file.
  haddr_t allocated, end;
  int is_skipping, keeps_length;
} st_file;

/// What a file-access list says to this driver.
typedef struct {
  int descriptor, is_large;
} st_source;

static hid_t driver = -1;

/// Puts the system's error onto the library's stack, in the words of its own drivers.
static herr_t fail(const char *what, int line) {
  int code = errno;
  H5Epush2(H5E_DEFAULT, __FILE__, "st_h5_descriptor", (unsigned)line, H5E_ERR_CLS, H5E_IO,
           H5E_WRITEERROR, "%s failed: errno = %d, error message = '%s'", what, code,
           strerror(code));
  return -1;
}
#define FAIL(what) fail(what, __LINE__)

static H5FD_t *open_file(const char *name, unsigned flags, hid_t access, haddr_t limit) {
  (void)name, (void)flags, (void)limit;
  const st_source *source = H5Pget_driver_info(access);
  int descriptor = source ? fcntl(source->descriptor, F_DUPFD_CLOEXEC, 0) : -1;
  if (descriptor < 0) {
    FAIL("opening");
    return NULL;
  }
  st_file *file = calloc(1, sizeof *file);
  if (!file) {
    FAIL("opening");
    close(descriptor);
    return NULL;
  }
  file->descriptor = descriptor;
  file->direct = -1;
#ifdef O_DIRECT
  if (source->is_large) {
    char same[40];
    snprintf(same, sizeof same, "/proc/self/fd/%d", descriptor);
    file->direct = open(same, O_WRONLY | O_DIRECT | O_CLOEXEC);
  }
#endif
  return &file->base;
}

static herr_t close_file(H5FD_t *base) {
  st_file *file = (st_file *)base;
  if (file->direct >= 0) close(file->direct);
  herr_t result = close(file->descriptor) < 0 ? FAIL("closing") : 0;
  free(file);
  return result;
}

static herr_t query(const H5FD_t *file, unsigned long *features) {
  (void)file;
  *features = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
              H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
  return 0;
}

static haddr_t get_allocated(const H5FD_t *file, H5FD_mem_t type) {
  (void)type;
  return ((const st_file *)file)->allocated;
}

static herr_t set_allocated(H5FD_t *file, H5FD_mem_t type, haddr_t address) {
  (void)type;
  ((st_file *)file)->allocated = address;
  return 0;
}

static haddr_t get_end(const H5FD_t *file, H5FD_mem_t type) {
  (void)type;
  return ((const st_file *)file)->end;
}

static herr_t read_bytes(H5FD_t *base, H5FD_mem_t type, hid_t transfer, haddr_t address,
                         size_t count, void *buffer) {
  (void)type, (void)transfer;
  st_file *file = (st_file *)base;
  while (count > 0) {
    ssize_t got = pread(file->descriptor, buffer, count, (off_t)address);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FAIL("reading");
    // What is allocated and was never written is zeros.
    if (got == 0) got = (ssize_t)count, memset(buffer, 0, count);
    buffer = (char *)buffer + got;
    address += (haddr_t)got;
    count -= (size_t)got;
  }
  return 0;
}

static herr_t write_all(int descriptor, haddr_t address, size_t count, const char *bytes) {
  while (count > 0) {
    ssize_t put = pwrite(descriptor, bytes, count, (off_t)address);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return -1;
    bytes += put;
    address += (haddr_t)put;
    count -= (size_t)put;
  }
  return 0;
}

static herr_t write_bytes(H5FD_t *base, H5FD_mem_t type, hid_t transfer, haddr_t address,
                          size_t count, const void *buffer) {
  (void)transfer;
  st_file *file = (st_file *)base;
  if (file->is_skipping && type == H5FD_MEM_DRAW) return 0;
  const char *bytes = buffer;
  haddr_t end = address + count;
  size_t pages = count - count % ST_H5_PAGE;
  if (file->direct >= 0 && pages >= LARGE && address % ST_H5_PAGE == 0 &&
      (uintptr_t)bytes % ST_H5_PAGE == 0) {
    if (write_all(file->direct, address, pages, bytes) == 0) {
      bytes += pages;
      address += pages;
      count -= pages;
    } else if (errno == EINVAL) {
      // A disk with larger blocks: from now on through the cache.
      close(file->direct);
      file->direct = -1;
    } else {
      return FAIL("writing");
    }
  }
  if (write_all(file->descriptor, address, count, bytes) < 0) return FAIL("writing");
  if (end > file->end) file->end = end;
  return 0;
}

static herr_t truncate_file(H5FD_t *base, hid_t transfer, hbool_t is_closing) {
  (void)transfer, (void)is_closing;
  st_file *file = (st_file *)base;
  if (file->keeps_length) return 0;
  // There may be more in it than was written now.
  if (ftruncate(file->descriptor, (off_t)file->allocated) < 0) return FAIL("setting the size");
  file->end = file->allocated;
  return 0;
}

static herr_t get_handle(H5FD_t *base, hid_t access, void **handle) {
  (void)access;
  *handle = base;
  return 0;
}

static const H5FD_class_t class = {
#ifdef H5FD_CLASS_VERSION
    // Since version 1.14; the first number that the library leaves to others.
    .version = H5FD_CLASS_VERSION,
    .value = H5_VFD_RESERVED,
#endif
    .name = "stipple_descriptor",
    .maxaddr = INT64_MAX,
    .fc_degree = H5F_CLOSE_WEAK,
    .fapl_size = sizeof(st_source),
    .open = open_file,
    .close = close_file,
    .query = query,
    .get_eoa = get_allocated,
    .set_eoa = set_allocated,
    .get_eof = get_end,
    .get_handle = get_handle,
    .read = read_bytes,
    .write = write_bytes,
    .truncate = truncate_file,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

int st_h5_set_descriptor(int64_t access, int descriptor, int is_large) {
  if (driver < 0) driver = H5FDregister(&class);
  st_source source = {descriptor, is_large};
  if (driver < 0 || H5Pset_driver(access, driver, &source) < 0) return -1;
  return is_large ? H5Pset_alignment(access, LARGE, ST_H5_PAGE) : 0;
}

int st_h5_skip_elements(int64_t file, int is_skipping) {
  void *handle = NULL;
  if (H5Fget_vfd_handle(file, H5P_DEFAULT, &handle) < 0) return -1;
  ((st_file *)handle)->is_skipping = is_skipping;
  return 0;
}

int st_h5_keep_length(int64_t file) {
  void *handle = NULL;
  if (H5Fget_vfd_handle(file, H5P_DEFAULT, &handle) < 0) return -1;
  ((st_file *)handle)->keeps_length = 1;
  return 0;
}
