// One snapshot: what of the guest's memory is in use, hottest first.
#pragma once

#include "collector.h"
#include "buffer.h"

enum
{
  WINDOW_MS_DEFAULT = 5,
  WINDOW_MS_MIN = 5,
  WINDOW_MS_MAX = 1000,
};

// Watches the guest for about two seconds, in windows of `window_ms`, and appends a hint set to `out`. `frames` as given
// to collector_load. A guest too large or too slow for all windows gets fewer, never none.
int snapshot_take(struct collector *collector, uint64_t frames, uint32_t window_ms, struct buffer *out,
                  struct error *err);
