// What a page frame is to the guest, and so when it is pulled.
#pragma once

#include "hint_set.h"

#include <stdbool.h>

// What the kernel says of a frame.
enum frame_kind
{
  FRAME_EMPTY,   // free, or nothing that the guest could miss
  FRAME_KERNEL,  // page tables, slab, kernel text and data
  FRAME_UNNAMED, // carries no flag: the kernel's (stacks, modules, buffers), or on its way to the list of free pages
  FRAME_CACHE,   // page cache that the kernel thinks was read
  FRAME_USER,    // other memory of processes and files
  FRAME_HUGE,    // part of a huge page
};

// Sections of the hint sets that this collector makes, in pull order.
extern const struct hint_rank ranks[];
extern const size_t n_ranks;

// `flags` is the frame's entry in /proc/kpageflags.
enum frame_kind rank_kind(uint64_t flags);

// The frame's tag for hint_set_write: 0, or 1 + its index in `ranks`. `heat` is the number of windows in which a process
// accessed it; `coarse`: or some page of the same memory area.
uint8_t rank_tag(enum frame_kind kind, uint8_t heat, bool coarse);
