#pragma once
#include <stddef.h>

// One thread pool for all: oneDNN's, which is libgomp's.

/// A part of a loop: the iterations from `begin` up to, not including, `end`.
typedef void (*st_task)(const void *context, size_t begin, size_t end);

/// Runs `count` iterations on the pool's threads, in several contiguous parts each.
void st_parallel(size_t count, const void *context, st_task task);

/// What loops are like that run while they are watched, on as many threads as are set, of which the processors may be
/// fewer. Work is the seconds of all processors together.
struct st_loop_watch {
  int processors;
  double seconds, work;
  double narrow_work; ///< in loops of fewer iterations than threads
  double
      least_seconds; ///< that loops would take if nothing but their iterations kept threads from sharing them
};

/// Has loops that the calling thread runs added up; NULL for none.
void st_watch_loops(struct st_loop_watch *watch);

/// How many threads the calling thread's loops, oneDNN's among them, run on.
void st_set_threads(int count);
int st_threads(void);

/// Which of them runs the calling task, from 0.
int st_thread(void);
