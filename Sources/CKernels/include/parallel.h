#pragma once
#include <stddef.h>

// One thread pool for all: oneDNN's, which is libgomp's.

/// A part of a loop: the iterations from `begin` up to, not including, `end`.
typedef void (*st_task)(const void *context, size_t begin, size_t end);

/// Runs `count` iterations on the pool's threads, a contiguous part each.
void st_parallel(size_t count, const void *context, st_task task);

/// How many threads the calling thread's loops, oneDNN's among them, run on.
void st_set_threads(int count);
int st_threads(void);

/// Which of them runs the calling task, from 0.
int st_thread(void);
