#include "wait_policy.h"

#include <stddef.h>
#include <string.h>

#ifdef __linux__

extern char **environ;

static char *value(const char *name) {
  size_t length = strlen(name);
  for (char **entry = environ; length > 0 && entry && *entry; entry++)
    if (!strncmp(*entry, name, length) && (*entry)[length] == '=') return *entry + length + 1;
  return NULL;
}

/// The C library's `getenv`, but for the default of GOMP_SPINCOUNT.
///
/// libgomp asks for it in its constructor, before `main`, and has no function to set it. What an
/// executable's `.preinit_array` puts into the environment is lost, as glibc sets `environ` to the
/// kernel's list only after that. A definition in the executable comes before the C library's
/// (ELF's order of symbols), in time for all constructors, and child processes inherit nothing.
char *getenv(const char *name) {
  char *found = value(name);
  if (found || strcmp(name, "GOMP_SPINCOUNT") || value("OMP_WAIT_POLICY")) return found;
  static char usual[] = ST_SPIN_COUNT;
  return usual;
}

#endif
