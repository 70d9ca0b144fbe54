#if defined(__linux__)
#define _GNU_SOURCE
#include "stragglers.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "futex.h"
#include "members.h"

/// What a thread is at.
enum {
  idle,
  busy,
  taken, ///< by one who is moving it
  moved, ///< to another's processor
};

/// What is known of a thread by the others.
struct place {
  _Alignas(64) _Atomic int state;
  _Atomic int thread;        ///< the kernel's number
  _Atomic clockid_t clock;   ///< of the time that it has run
  _Atomic int64_t last_look; ///< what the clock showed then
  _Atomic int processor;     ///< on which it began its part
  cpu_set_t allowed;         ///< the processors that are its own, where it has been moved
};

static struct place places[most_members];

static void run_only_on(int thread, int processor) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(processor, &one);
  sched_setaffinity(thread, sizeof one, &one);
}

void st_straggler_begin(int member) {
  static _Thread_local int thread;
  struct place *p = &places[member];
  if (!thread || atomic_load_explicit(&p->thread, memory_order_relaxed) != thread) {
    thread = (int)gettid();
    clockid_t clock;
    pthread_getcpuclockid(pthread_self(), &clock);
    atomic_store_explicit(&p->clock, clock, memory_order_relaxed);
    atomic_store_explicit(&p->thread, thread, memory_order_relaxed);
  }
  atomic_store_explicit(&p->last_look, -1, memory_order_relaxed);
  atomic_store_explicit(&p->processor, sched_getcpu(), memory_order_relaxed);
  atomic_store(&p->state, busy);
}

void st_straggler_end(int member) {
  struct place *p = &places[member];
  int state = busy;
  if (atomic_compare_exchange_strong(&p->state, &state, idle)) return;
  while (atomic_load(&p->state) != moved) sched_yield();
  // The one who gave up this processor wants it back; the caller's has stayed there to wait.
  if (member) run_only_on(0, atomic_load(&p->processor));
  sched_setaffinity(0, sizeof p->allowed, &p->allowed);
  atomic_store(&p->state, idle);
}

/// Whether a thread has not run since the last look; false at the first one.
static bool has_stood_still(struct place *p) {
  struct timespec t;
  if (clock_gettime(atomic_load(&p->clock), &t)) return false;
  int64_t time = t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
  return atomic_exchange(&p->last_look, time) == time;
}

bool st_straggler_help(int first, int end, int member, bool trades) {
  for (int other = first; other < end; other++) {
    struct place *p = &places[other];
    int state = busy;
    if (other == member || atomic_load(&p->state) != busy || !has_stood_still(p)) continue;
    int here = sched_getcpu(), there = atomic_load(&p->processor);
    // Asleep, the caller lets it run.
    if (there == here) return true;
    if (!atomic_compare_exchange_strong(&p->state, &state, taken)) continue;
    int thread = atomic_load(&p->thread);
    bool moves = !sched_getaffinity(thread, sizeof p->allowed, &p->allowed);
    cpu_set_t mine = p->allowed;
    if (moves) run_only_on(thread, here);
    atomic_store(&p->state, moves ? moved : busy);
    if (moves && trades) {
      run_only_on(0, there);
      sched_setaffinity(0, sizeof mine, &mine);
    }
    return moves;
  }
  return false;
}
#endif
