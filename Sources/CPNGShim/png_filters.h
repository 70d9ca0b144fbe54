#pragma once

#if defined(__x86_64__) && defined(__ELF__) && !__has_feature(thread_sanitizer)
/// Compiled for three generations of processors; the loader takes the best that runs, before
/// ThreadSanitizer could be ready for it.
#define ST_DISPATCH __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define ST_DISPATCH
#endif
#define ST_INLINE static inline __attribute__((always_inline))

/// The filters of PNG's specification, 9.2: what is left of a byte after a guess from the bytes a to its
/// left, b above it and c above a.
enum { none, sub, up, average, paeth, filter_count };
