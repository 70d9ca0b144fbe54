#define _GNU_SOURCE
#include "memory_reserve.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define ALLOCATIONS_ARE_WATCHED 1 // by a sanitizer, which has functions of its own
#endif
#endif

enum {
  reserve_bytes = 128 << 20,
  largest_helped = reserve_bytes / 2,
  largest_code = 1 << 20, ///< of a kernel that oneDNN compiles
};

static void *_Atomic reserve;
static _Atomic bool is_set, is_short;

void st_memory_reserve(void) {
  void *space =
      mmap(NULL, reserve_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (space != MAP_FAILED) atomic_store(&reserve, space);
  atomic_store(&is_set, true);
}

bool st_memory_is_short(void) { return atomic_load(&is_short); }

#if defined(__GLIBC__) && !defined(ALLOCATIONS_ARE_WATCHED)
// glibc's allocator under its other names; the program's own definitions come before it.
extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t),
    *__libc_memalign(size_t, size_t);

/// Gives up the reserve, once.
static bool give_up(size_t bytes) {
  if (bytes > largest_helped) return false;
  void *space = atomic_exchange(&reserve, NULL);
  if (!space) return false;
  atomic_store(&is_short, true);
  return !munmap(space, reserve_bytes);
}

/// Ends the program, with what is safe without memory.
static void end(size_t bytes) {
  if (!atomic_load(&is_set)) return;
  char number[24], *first = number + sizeof number;
  size_t megabytes = bytes / 1000000;
  do *--first = (char)('0' + megabytes % 10);
  while (megabytes /= 10);
  const char begin[] = "Error: out of memory: ",
             rest[] =
                 " MB could not be allocated; use a smaller batch, smaller images or a smaller "
                 "network, or end other programs. What was written before is complete.\n";
  char text[sizeof begin + sizeof number + sizeof rest], *to = text;
  memcpy(to, begin, sizeof begin - 1), to += sizeof begin - 1;
  size_t digits = (size_t)(number + sizeof number - first);
  memcpy(to, first, digits), to += digits;
  memcpy(to, rest, sizeof rest - 1), to += sizeof rest - 1;
  ssize_t ignored = write(STDERR_FILENO, text, (size_t)(to - text));
  (void)ignored;
  _exit(1);
}

/// Whether an allocation that failed is worth another try; ends the program where nothing helps.
static bool is_helped(size_t bytes) {
  if (give_up(bytes)) return true;
  end(bytes);
  return false;
}

void *malloc(size_t bytes) {
  void *memory;
  do memory = __libc_malloc(bytes);
  while (!memory && is_helped(bytes));
  return memory;
}

void *calloc(size_t count, size_t size) {
  void *memory;
  size_t bytes;
  bool is_possible = !__builtin_mul_overflow(count, size, &bytes);
  do memory = __libc_calloc(count, size);
  while (!memory && is_possible && is_helped(bytes));
  return memory;
}

void *realloc(void *old, size_t bytes) {
  void *memory;
  do memory = __libc_realloc(old, bytes);
  while (!memory && bytes && is_helped(bytes));
  return memory;
}

int posix_memalign(void **memory, size_t alignment, size_t bytes) {
  if (alignment < sizeof(void *) || (alignment & (alignment - 1))) return EINVAL;
  void *found;
  do found = __libc_memalign(alignment, bytes);
  while (!found && is_helped(bytes));
  if (!found) return ENOMEM;
  *memory = found;
  return 0;
}

/// Tensors come from here; who asks for them has a sentence of his own where there is none.
void *aligned_alloc(size_t alignment, size_t bytes) {
  void *memory;
  do memory = __libc_memalign(alignment, bytes);
  while (!memory && give_up(bytes));
  return memory;
}

/// oneDNN compiles its kernels into such memory, and does not look whether it has got it.
void *mmap(void *address, size_t bytes, int protection, int flags, int file, off_t offset) {
  void *space;
  bool is_code = bytes <= largest_code;
  do space = (void *)syscall(SYS_mmap, address, bytes, protection, flags, file, offset);
  while (space == MAP_FAILED && errno == ENOMEM && (flags & MAP_ANONYMOUS) &&
         (is_code ? is_helped(bytes) : give_up(bytes)));
  return space;
}
#endif
