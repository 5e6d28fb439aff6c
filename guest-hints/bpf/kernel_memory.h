// Where the kernel's memory lies: filled in by find_kernel_memory, before any other program runs.
#pragma once

#include "kernel_types.h"

// Set before loading: of page tables.
extern const volatile bool five_levels;
// Where the kernel maps physical address 0.
extern __u64 direct_map;
// Address of frame 0's struct page, which the others follow; 0 where it was not found.
extern __u64 memory_map;
