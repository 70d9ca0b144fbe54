#pragma once

/// `KERNEL ISA ELEMENTS TIMES`: runs a kernel, for instructions to be counted. Returns the status to end with.
int do_work(int count, char **arguments);
