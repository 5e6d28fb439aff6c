// What a page frame is to the guest, and so when it is pulled.
#pragma once

#include "accessed.h"
#include "hint_set.h"

// Sections of the hint sets that this collector makes, in pull order.
extern const struct hint_rank ranks[];
extern const size_t n_ranks;

// The tag of a frame for hint_set_write: 0, or 1 + its index in `ranks`. `flags` is the frame's entry in
// /proc/kpageflags, `windows` has a bit set for each window in which a process accessed it.
uint8_t rank_tag(uint64_t flags, uint8_t windows);
