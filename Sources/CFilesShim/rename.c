#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CFilesShim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int st_rename_if_free(const char *from, const char *to) {
#ifdef __APPLE__
  if (renamex_np(from, to, RENAME_EXCL) == 0) return 0;
#else
  if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
#endif
  // Older kernels, and file systems that know no such flag.
  if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) return errno;
  if (link(from, to) == 0) return unlink(from) == 0 ? 0 : errno;
  if (errno != EPERM && errno != ENOSYS && errno != EOPNOTSUPP && errno != EMLINK) return errno;
  // Nor hard links: who makes `to` between these two calls loses it.
  struct stat status;
  if (lstat(to, &status) == 0) return EEXIST;
  return rename(from, to) == 0 ? 0 : errno;
}
