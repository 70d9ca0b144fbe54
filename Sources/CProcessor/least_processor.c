#include "least_processor.h"

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <unistd.h>

/// Our loops, and the libraries, choose their instructions or have enough in what all x86-64 processors have; Swift's
/// runtime alone wants cmpxchg16b, which the first of them lack.
static void check_processor(void) {
  unsigned a, b, c, d;
  if (__get_cpuid(1, &a, &b, &c, &d) && c & bit_CMPXCHG16B) return;
  static const char text[] =
      "Error: this processor cannot run stipple: it lacks the instruction cmpxchg16b, which x86-64 "
      "processors have had since 2006\n";
  const ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);
  (void)written;
  _exit(1);
}

__attribute__((section(".preinit_array"), used)) static void (*const first)(void) = check_processor;
#endif
