#pragma once
#include <stdbool.h>
#include <stddef.h>

// What becomes of the program when the system gives it no more memory. Swift ends a program whose
// allocation fails; with a reserve, the work at hand comes to an end first, and is saved.

/// Sets some address space aside. From then on, where an allocation fails, the reserve is given up for
/// it; where that does not help either, the program ends with status 1 and a sentence.
void st_memory_reserve(void);

/// Whether the reserve has been given up, so that the work is to be ended.
bool st_memory_is_short(void);
