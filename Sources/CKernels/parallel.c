#include "parallel.h"

#include <stdatomic.h>
#include <time.h>

// libgomp's entry points (GCC's libgomp ABI); the compiler's OpenMP support is not needed for them.
extern void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags);
extern int omp_get_thread_num(void);
extern int omp_get_max_threads(void);
extern void omp_set_num_threads(int);

/// A loop whose iterations the team's threads take one part after another.
struct loop {
  size_t count, part;
  const void *context;
  st_task task;
  _Atomic size_t next;
};

/// Parts for each thread: a thread that other programs hold up leaves its parts to the others.
enum { parts_per_thread = 8 };

static void run_parts(void *data) {
  struct loop *loop = data;
  for (;;) {
    size_t begin = atomic_fetch_add_explicit(&loop->next, loop->part, memory_order_relaxed);
    if (begin >= loop->count) return;
    size_t rest = loop->count - begin;
    loop->task(loop->context, begin, begin + (rest < loop->part ? rest : loop->part));
  }
}

static _Thread_local struct st_loop_watch *watched;

void st_watch_loops(struct st_loop_watch *watch) { watched = watch; }

static double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void add_loop(struct st_loop_watch *watch, size_t count, double seconds) {
  size_t threads = (size_t)omp_get_max_threads(), busy = count < threads ? count : threads;
  size_t rounds = (count + threads - 1) / threads;
  if (busy > (size_t)watch->processors) busy = (size_t)watch->processors;
  double work = seconds * (double)busy;
  watch->seconds += seconds;
  watch->work += work;
  if (count < threads) watch->narrow_work += work;
  watch->least_seconds += work * (double)rounds / (double)count;
}

static void run_loop(size_t count, const void *context, st_task task);

void st_parallel(size_t count, const void *context, st_task task) {
  struct st_loop_watch *watch = watched;
  if (!watch || !count) return run_loop(count, context, task);
  double start = seconds_now();
  run_loop(count, context, task);
  add_loop(watch, count, seconds_now() - start);
}

static void run_loop(size_t count, const void *context, st_task task) {
  size_t threads = (size_t)omp_get_max_threads();
  if (count < 2 || threads < 2) {
    if (count) task(context, 0, count);
    return;
  }
  size_t parts = threads * parts_per_thread;
  struct loop loop = {count, (count + parts - 1) / parts, context, task, 0};
  GOMP_parallel(run_parts, &loop, 0, 0);
}

void st_set_threads(int count) { omp_set_num_threads(count); }
int st_threads(void) { return omp_get_max_threads(); }
int st_thread(void) { return omp_get_thread_num(); }
