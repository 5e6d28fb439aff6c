// The processes' memory. `advice` is madvise(2)'s, of huge pages. `merge` and `hugetlb`: see patterns.c.
#pragma once

#include "truth.h"

// The environment's number of that name; `usual` where there is none. One above `most` ends the program.
size_t setting(const char *name, size_t usual, size_t most);

// This process's own, all there, each page with content of its own.
struct region memory_region(size_t pages, int advice);

// Starts `count` processes that fill so many pages each and then sleep; returns when all do.
void start_idle_processes(struct region *idle, size_t count, size_t pages, int advice);
