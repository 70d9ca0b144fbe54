#if defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#include <stdlib.h>

#include "pool.h"

// What oneDNN and our own loops call of libgomp (its ABI and OpenMP's runtime library routines). The
// program's own definitions come before those of libgomp.so.

/// How many threads loops of the calling thread run on; 0 for the default.
static _Thread_local int wanted;

/// OMP_NUM_THREADS, or else as many as there are processors to run on.
static int standard_count(void) {
  const char *setting = getenv("OMP_NUM_THREADS");
  int count = setting ? atoi(setting) : 0;
  if (count > 0) return count;
  cpu_set_t processors;
  if (sched_getaffinity(0, sizeof processors, &processors)) return 1;
  return CPU_COUNT(&processors);
}

int omp_get_max_threads(void) {
  if (!wanted) wanted = standard_count();
  return wanted = st_pool_reserve(wanted);
}

void omp_set_num_threads(int count) { wanted = count > 0 ? count : 1; }

int omp_get_thread_num(void) { return st_pool_number(); }
int omp_get_num_threads(void) { return st_pool_count(); }
int omp_in_parallel(void) { return st_pool_count() > 1; }

void GOMP_parallel(void (*body)(void *), void *data, unsigned count, unsigned flags) {
  (void)flags;
  st_pool_run(count ? (int)count : omp_get_max_threads(), body, data);
}

void GOMP_barrier(void) { st_pool_barrier(); }
#endif
