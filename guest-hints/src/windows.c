#include "windows.h"
#include "../bpf/accessed.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

enum
{
  // A pair's first window is to see this share of what a second one sees: then the hottest tenth of the working set, which is
  // pulled first, differs most from the rest.
  FIRST_SHARE = 5,
  US_MIN = 200,
  WORD_FRAMES = 8,
};

#define OF_EACH(bits) ((bits) * 0x0101010101010101ULL)

uint64_t
clock_us(clockid_t clock)
{
  struct timespec now;
  clock_gettime(clock, &now);
  return (uint64_t) now.tv_sec * 1000000 + (uint64_t) now.tv_nsec / 1000;
}

uint64_t
clock_ms(clockid_t clock)
{
  return clock_us(clock) / 1000;
}

void
sleep_us(uint64_t us)
{
  struct timespec left = { .tv_sec = (time_t) (us / 1000000), .tv_nsec = (long) (us % 1000000 * 1000) };
  while (nanosleep(&left, &left) < 0 && errno == EINTR)
    ;
}

static bool
is_second(const struct windows *windows)
{
  return windows->ended % 2 == 1;
}

void
windows_wait(struct windows *windows, bool tail, uint64_t passed_us)
{
  uint64_t us = tail ? (uint64_t) TAIL_MS * 1000 : is_second(windows) ? (uint64_t) (LONGER - 1) * windows->us : windows->us;
  windows->watched_us += us;
  windows->tail = tail;
  if (passed_us < us)
    sleep_us(us - passed_us);
}

// Returns how many frames were seen. They are still, if not to be forgotten. What is noted of a frame at this very moment, by
// a system call on another CPU, may be lost.
static uint64_t
count(uint8_t *seen, uint64_t frames, bool forget)
{
  uint64_t counted = 0, *words = (uint64_t *) (void *) seen;
  for (uint64_t i = 0; i < (frames + WORD_FRAMES - 1) / WORD_FRAMES; i++)
    {
      uint64_t now = words[i] & OF_EACH(FRAME_SEEN);
      if (now == 0)
        continue;
      counted += (uint64_t) __builtin_popcountll(now);
      words[i] += now / FRAME_SEEN - (forget ? now : 0);
    }
  return counted;
}

void
windows_end(struct windows *windows, uint8_t *seen, uint64_t frames)
{
  // A pair's second window contains the first. After the last nothing is to be forgotten.
  bool second = is_second(windows);
  uint64_t counted = count(seen, frames, second && !windows->tail);
  windows->ended++;
  if (counted > windows->most)
    windows->most = counted;
  uint64_t wanted = windows->most / FIRST_SHARE;
  if (!second)
    windows->in_first = counted;
  else if (windows->in_first > wanted)
    {
      uint64_t us = windows->us * wanted / windows->in_first;
      windows->us = us > US_MIN ? (uint32_t) us : US_MIN;
    }
}

void
windows_tell(const struct windows *windows, const char *program, uint64_t ms)
{
  fprintf(stderr, "%s: %d windows of %" PRIu64 " ms together, in %" PRIu64 " ms\n", program, windows->ended,
          windows->watched_us / 1000, ms);
}
