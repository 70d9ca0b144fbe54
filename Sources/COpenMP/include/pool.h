#pragma once
#include <stdbool.h>

// The threads on which all loops of the program run: its own and oneDNN's, which both ask for them by
// OpenMP's names (openmp.c). Compared with libgomp's they
//   - are as many as the system lets the program have, where libgomp ends the program;
//   - wait for nobody who has not begun: what a thread that other programs hold up has not taken, the
//     others take;
//   - help a thread onto their own processor that other programs keep from going on (stragglers.h).
// A program in which no such file is linked runs on libgomp.

/// How many members a team that is asked to have `count` will have: threads that are missing are
/// made now, and where the system refuses one, those that are there have to do.
int st_pool_reserve(int count);

/// Runs body(data) once for each of `count` numbers from 0, which `st_pool_number` tells it. A number may
/// wait for another to arrive at `st_pool_barrier` only where `count` were reserved.
void st_pool_run(int count, void (*body)(void *), void *data);

/// The number that the calling thread runs, and how many there are; 0 of 1 outside of a run.
int st_pool_number(void);
int st_pool_count(void);

/// Waits for all numbers of the run.
void st_pool_barrier(void);
