// The eBPF programs that look into the kernel's memory: bpf/accessed.bpf.c and bpf/free.bpf.c.
#pragma once

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct collector;

enum
{
  WINDOWS_MAX = 8, // one bit of a byte each
};

// Loads the programs, for a guest whose frames are all below `frames`. Takes a second where the CPU is emulated, and
// memory of one byte a frame in the kernel. The owner's own pages and its children's are never looked at.
int collector_load(struct collector **collector, uint64_t frames, struct error *err);

// Forgets all windows. *windows gets a byte for each frame, whose bit i will say: accessed in window i. Valid until
// collector_end.
int collector_begin(struct collector *collector, const uint8_t **windows, struct error *err);

// Sets bit `window` (0 to WINDOWS_MAX - 1) of every frame whose accessed bit is set now in some process's page tables.
int collector_walk(struct collector *collector, int window, struct error *err);

// Calls `found` for those of the given frames that nothing refers to: they are free. Where the kernel does not show
// that, for none. Only after a walk.
void collector_find_free(struct collector *collector, const uint32_t *frames, size_t count,
                         void (*found)(void *context, uint32_t frame), void *context);

void collector_end(struct collector *collector);
