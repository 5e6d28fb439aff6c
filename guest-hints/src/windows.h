// The windows in which accesses are watched, by the guest and by its host alike: docs/decisions/0005.
#pragma once

#include <stdint.h>
#include <time.h>

enum
{
  // Several pairs of windows tell hot from warm: the more windows saw a page, the hotter it is. Both of a pair begin
  // with one clearing of accessed bits, which is what costs most; the second is so many times longer.
  LONGER = 10,
  // No pair begins later than this. Clearing and walking may take long.
  PAIRS_BUDGET_MS = 600,
  // The last pair's second window is a long one, which finds the rest of the working set.
  TAIL_MS = 1200,
};

uint64_t clock_ms(clockid_t clock);

void sleep_ms(uint32_t ms);
