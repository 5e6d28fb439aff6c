// One snapshot: what of the guest's memory is in use, hottest first.
#pragma once

#include "buffer.h"
#include "rung.h"

enum
{
  WINDOW_MS_DEFAULT = 5,
  WINDOW_MS_MIN = 5,
  WINDOW_MS_MAX = 1000,
  WITHIN_MS_MIN = 100,
  WITHIN_MS_MAX = 60000,
};

struct snapshot_plan
{
  uint32_t window_ms;
  uint32_t within_ms; // be done by then as far as can be; 0: no matter when
};

// Watches the guest for about two seconds, in windows, and appends a hint set to `out`. `frames` as the rung was loaded
// for. A guest too large or too slow for all windows gets fewer, never none; one that is short of time also learns less of
// what the kernel uses.
int snapshot_take(const struct rung *rung, uint64_t frames, const struct snapshot_plan *plan, struct buffer *out,
                  struct error *err);
