#pragma once
#include <stdbool.h>

// Where another program wants one of the processors, the kernel gives each its turn there, of some
// milliseconds. A thread that lost its turn in the middle of a part holds up all others, which have
// nothing to do. So one of them gives it its own processor.

/// Notes that the calling thread, number `member` of the pool, begins a part or has ended it.
void st_straggler_begin(int member);
void st_straggler_end(int member);

/// Looks for one of the members from `first` to below `end` that is in the middle of a part and has not
/// run since the last look, and moves it to the processor of the calling thread, number `member`. True
/// where there is one; the caller then has to sleep, unless it `trades` places.
bool st_straggler_help(int first, int end, int member, bool trades);
