#pragma once

#include "error.h"

#include <stddef.h>
#include <stdint.h>

// Opens /proc/kpageflags (Documentation/admin-guide/mm/pagemap.rst). Returns the descriptor.
int kpageflags_open(struct error *err);

// Reads the flags of `count` frames from `first` on. Frames past the end of memory read as KPF_NOPAGE.
int kpageflags_read(int fd, uint64_t first, uint64_t *flags, size_t count, struct error *err);
