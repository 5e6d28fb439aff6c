// The windows in which accesses are watched, by the guest and by its host alike: docs/decisions/0005.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum
{
  // Several pairs of windows tell hot from warm: the more windows saw a page, the hotter it is. Both of a pair begin
  // with one clearing of accessed bits, which is what costs most; the second is so many times longer.
  PAIRS = 4,
  LONGER = 10,
  HEAT_MAX = 2 * PAIRS,
  // No pair begins later than this. Clearing and walking may take long.
  PAIRS_BUDGET_MS = 600,
  // The last pair's second window is a long one, which finds the rest of the working set.
  TAIL_MS = 1200,
};

struct windows
{
  uint32_t us;         // length of a pair's first window; set before the first pair
  int ended;           // so far
  bool tail;           // the one that goes on is the last
  uint64_t watched_us; // how long they were to be, all together
  uint64_t in_first;   // frames that the first of the pair saw
  uint64_t most;       // frames that a window saw
};

// Waits for the first window of a pair, or for what the second has more; with `tail` for what the last one has, of which
// `passed_us` have passed already.
void windows_wait(struct windows *windows, bool tail, uint64_t passed_us);

// Ends a window after the walk that noted what it saw: whatever byte of `seen` says so gets one hotter. Where a pair's first
// window saw so much that it tells little, the next pair's windows are to be shorter.
void windows_end(struct windows *windows, uint8_t *seen, uint64_t frames);

// Says on standard error how a look went that took `ms` in all.
void windows_tell(const struct windows *windows, const char *program, uint64_t ms);

uint64_t clock_us(clockid_t clock);

uint64_t clock_ms(clockid_t clock);

void sleep_us(uint64_t us);
