#if defined(__linux__)
#define _GNU_SOURCE
#include "pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <strings.h>

#include "futex.h"
#include "members.h"
#include "stragglers.h"

enum {
  stack_bytes = 4 << 20, ///< whatever limit the user has set for stacks
  idle_spin = 5000000,   ///< nanoseconds that a thread without work looks out for some
  wait_spin = 10000000,  ///< and that the caller looks out for the end of what others have begun
  look_every = 50000,    ///< and looks whether they have been kept from going on
};

/// The run at hand: in the upper half how many numbers it has, in the lower how many are taken. Who has
/// taken one may read `body` and `data`, which stay until all are done.
static _Atomic uint64_t run;
static void (*body)(void *);
static void *data;
static _Atomic uint32_t undone;    ///< numbers of the run that are not done
static _Atomic bool caller_sleeps; ///< on `undone`
static _Atomic uint32_t runs;      ///< counts them; idle threads sleep on it
static _Atomic int sleepers;
static _Atomic uint32_t arrived, phase; ///< of the barrier

/// Whoever runs holds `turn`; whoever makes threads, `making`.
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER, making = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int members = 1;
static bool is_passive; ///< whether waits sleep at once: OMP_WAIT_POLICY=passive

static _Thread_local int number, count;

int st_pool_number(void) { return number; }
int st_pool_count(void) { return count ? count : 1; }

/// Runs the next number that nobody has taken; false where there is none.
static bool take_one(int member) {
  uint64_t seen = atomic_load(&run);
  do {
    if ((uint32_t)seen >= seen >> 32) return false;
  } while (!atomic_compare_exchange_weak(&run, &seen, seen + 1));
  number = (int)(uint32_t)seen, count = (int)(seen >> 32);
  st_straggler_begin(member);
  body(data);
  number = count = 0;
  bool is_last = atomic_fetch_sub(&undone, 1) == 1;
  if (is_last && atomic_load(&caller_sleeps)) wake(&undone, 1);
  st_straggler_end(member);
  return true;
}

/// One idle thread minds the stalls of the one that began the run.
static _Atomic bool is_watched;

/// Waits for another run than number `seen`: spinning until some time after `since`, then asleep.
static void wait_for_run(uint32_t seen, int member, int64_t since) {
  int64_t look = now() + look_every;
  bool watches = !is_passive && !atomic_exchange(&is_watched, true);
  for (unsigned i = 1; atomic_load(&runs) == seen; i++) {
    pause_a_moment();
    if (i % 64) continue;
    int64_t time = now();
    if (is_passive || time - since > idle_spin) break;
    if (!watches || time < look) continue;
    look = time + look_every;
    if (atomic_load(&undone) && st_straggler_help(0, 1, member, true)) break;
  }
  if (watches) atomic_store(&is_watched, false);
  if (atomic_load(&runs) != seen || (!is_passive && now() - since <= idle_spin)) return;
  atomic_fetch_add(&sleepers, 1);
  while (atomic_load(&runs) == seen) sleep_while(&runs, seen);
  atomic_fetch_sub(&sleepers, 1);
}

static void *work(void *argument) {
  int member = (int)(intptr_t)argument;
  // Asleep until there is work: many commands have none.
  int64_t since = 0;
  for (;;) {
    uint32_t seen = atomic_load(&runs);
    bool has_worked = false;
    while (take_one(member)) has_worked = true;
    if (has_worked) since = now();
    if (atomic_load(&runs) == seen) wait_for_run(seen, member, since);
  }
  return NULL;
}

static void forget_threads(void) { atomic_store(&members, 1); }

static bool make_thread(int member) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes)) return false;
  pthread_attr_setstacksize(&attributes, stack_bytes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  // Signals are the program's other threads'.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  bool is_made = !pthread_create(&thread, &attributes, work, (void *)(intptr_t)member);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  return is_made;
}

int st_pool_reserve(int wished) {
  int there = atomic_load(&members);
  if (wished <= there) return wished;
  pthread_mutex_lock(&making);
  if (atomic_load(&members) == 1) {
    const char *policy = getenv("OMP_WAIT_POLICY");
    is_passive = policy && !strcasecmp(policy, "passive");
    // A process that is forked off has none of the threads.
    static bool is_told;
    if (!is_told) is_told = !pthread_atfork(NULL, NULL, forget_threads);
  }
  while ((there = atomic_load(&members)) < wished && there < most_members && make_thread(there))
    atomic_store(&members, there + 1);
  pthread_mutex_unlock(&making);
  return wished < there ? wished : there;
}

/// Waits until all numbers are done.
static void wait_for_others(void) {
  int64_t start = now(), look = start + look_every;
  for (unsigned i = 1; atomic_load(&undone); i++) {
    pause_a_moment();
    if (i % 64) continue;
    int64_t time = now();
    if (!is_passive && time < look) continue;
    look = time + look_every;
    bool helps = !is_passive && st_straggler_help(1, atomic_load(&members), 0, false);
    if (!helps && !is_passive && time - start < wait_spin) continue;
    atomic_store(&caller_sleeps, true);
    uint32_t left;
    while ((left = atomic_load(&undone))) sleep_while(&undone, left);
    atomic_store(&caller_sleeps, false);
  }
}

/// A run within a run, or of one number.
static void run_alone(int wished, void (*function)(void *), void *argument) {
  int outer_number = number, outer_count = count;
  count = wished;
  for (number = 0; number < wished; number++) function(argument);
  number = outer_number, count = outer_count;
}

void st_pool_run(int wished, void (*function)(void *), void *argument) {
  int possible = count ? 1 : st_pool_reserve(wished);
  if (possible < 2) return run_alone(possible, function, argument);
  pthread_mutex_lock(&turn);
  body = function, data = argument;
  atomic_store(&undone, (uint32_t)possible);
  atomic_store(&run, (uint64_t)possible << 32);
  atomic_fetch_add(&runs, 1);
  if (atomic_load(&sleepers)) wake(&runs, possible - 1);
  while (take_one(0)) continue;
  wait_for_others();
  pthread_mutex_unlock(&turn);
}

void st_pool_barrier(void) {
  uint32_t seen = atomic_load(&phase);
  if (count < 2) return;
  if (atomic_fetch_add(&arrived, 1) + 1 == (uint32_t)count) {
    atomic_store(&arrived, 0);
    atomic_fetch_add(&phase, 1);
    wake(&phase, count);
    return;
  }
  for (int i = 0; i < 2000 && atomic_load(&phase) == seen; i++) pause_a_moment();
  while (atomic_load(&phase) == seen) sleep_while(&phase, seen);
}
#endif
