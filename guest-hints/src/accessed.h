// The eBPF walk of all processes' page tables: bpf/accessed.bpf.c.
#pragma once

#include "error.h"

#include <stdint.h>

struct accessed;

enum
{
  ACCESSED_WINDOWS_MAX = 8, // one bit of a byte each
};

// Loads the program, for a guest whose frames are all below `frames`. Takes a second, several where the CPU is emulated,
// and memory of one byte a frame in the kernel. The owner's own pages and its children's are not looked at.
int accessed_load(struct accessed **accessed, uint64_t frames, struct error *err);

// Forgets all windows.
int accessed_reset(struct accessed *accessed, struct error *err);

// Sets bit `window` (0 to 7) of every frame whose accessed bit is set now in some process's page tables.
int accessed_walk(struct accessed *accessed, int window, struct error *err);

// A byte for each frame, bit i: accessed in window i. Valid until accessed_unmap.
int accessed_map(struct accessed *accessed, const uint8_t **windows, struct error *err);
void accessed_unmap(struct accessed *accessed);
