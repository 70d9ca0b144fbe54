#include "parallel.h"

// libgomp's entry points (GCC's libgomp ABI); the compiler's OpenMP support is not needed for them.
extern void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags);
extern int omp_get_thread_num(void);
extern int omp_get_num_threads(void);
extern int omp_get_max_threads(void);
extern void omp_set_num_threads(int);

struct loop {
  size_t count;
  const void *context;
  st_task task;
};

static void run_part(void *data) {
  const struct loop *loop = data;
  size_t part = (size_t)omp_get_thread_num(), parts = (size_t)omp_get_num_threads();
  size_t begin = loop->count * part / parts, end = loop->count * (part + 1) / parts;
  if (begin < end) loop->task(loop->context, begin, end);
}

void st_parallel(size_t count, const void *context, st_task task) {
  if (count < 2 || omp_get_max_threads() < 2) {
    if (count) task(context, 0, count);
    return;
  }
  struct loop loop = {count, context, task};
  GOMP_parallel(run_part, &loop, 0, 0);
}

void st_set_threads(int count) { omp_set_num_threads(count); }
int st_threads(void) { return omp_get_max_threads(); }
int st_thread(void) { return omp_get_thread_num(); }
