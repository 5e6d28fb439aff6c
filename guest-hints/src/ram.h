#pragma once

#include "error.h"

#include <stdint.h>

// The highest frame number of RAM plus 1, from /proc/iomem (root sees its addresses). *frames is 1 to HINT_FRAMES_MAX.
int ram_frames(uint64_t *frames, struct error *err);

// Calls `found` for each range of RAM, ascending: physical addresses of whole pages. A return of -1, with the error that
// the context knows filled, ends it.
int ram_ranges(int (*found)(void *context, uint64_t start, uint64_t end), void *context, struct error *err);
