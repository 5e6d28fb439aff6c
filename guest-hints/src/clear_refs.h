// Clears accessed bits in processes' page tables, by /proc/<pid>/clear_refs.
#pragma once

#include "buffer.h"
#include "error.h"

#include <sys/types.h>

// Those of all processes.
int clear_refs_of_all(struct error *err);

// Those of the processes in `tgids`, 4 bytes each; that some have ended meanwhile is no error.
int clear_refs_of(const struct buffer *tgids, struct error *err);

// Those of one process; that it has ended is no error.
int clear_refs_of_process(pid_t process, struct error *err);
