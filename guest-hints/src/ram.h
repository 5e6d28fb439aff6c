#pragma once

#include "error.h"

#include <stdint.h>

// The highest frame number of RAM plus 1, from /proc/iomem (root sees its addresses). *frames is 1 to HINT_FRAMES_MAX.
int ram_frames(uint64_t *frames, struct error *err);
