#include "snapshot.h"
#include "../bpf/accessed.h"
#include "../bpf/free.h"
#include "clear_refs.h"
#include "hint_set.h"
#include "kpageflags.h"
#include "rank.h"
#include "tlb_flush.h"

#include <errno.h>
#include <linux/kernel-page-flags.h>
#include <stdbool.h>
#include <time.h>

enum
{
  // Several pairs of windows tell hot from warm: the more windows saw a page, the hotter it is. Both of a pair begin
  // with one clearing of accessed bits, which is what costs most; the second is so many times longer.
  LONGER = 10,
  // No pair begins later than this, which cuts their number where clearing and walking take long.
  PAIRS_BUDGET_MS = 600,
  // The last pair's second window is a long one, which finds the rest of the working set. The survey of all frames
  // falls into it; however long that takes, the workload has the rest of the tail for itself.
  TAIL_MS = 1200,
  TAIL_REST_MS = 300,
  // In frames: what is surveyed at once; what of it is read as a whole.
  BLOCK = 1 << FREE_ORDER_MAX,
  SPAN = 64,
};

static uint64_t
clock_ms(clockid_t clock)
{
  struct timespec now;
  clock_gettime(clock, &now);
  return (uint64_t) now.tv_sec * 1000 + (uint64_t) now.tv_nsec / 1000000;
}

static void
sleep_ms(uint32_t ms)
{
  struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };
  while (nanosleep(&left, &left) < 0 && errno == EINTR)
    ;
}

// What goes on during one snapshot.
struct watch
{
  struct collector *collector;
  struct tlb_flush flush;
  const uint8_t *seen;     // a byte for each frame, from the collector
  uint64_t frames;
  struct buffer accessing; // the processes that accessed something in the last window
  uint32_t window_ms;
  int windows; // so far
};

// Whoever accessed nothing in the last window has nothing to be cleared.
static int
clear(struct watch *watch, struct error *err)
{
  int result = watch->windows == 0 ? clear_refs_of_all(err) : clear_refs_of(&watch->accessing, err);
  return result < 0 ? -1 : tlb_flush(&watch->flush, err);
}

static int
end_window(struct watch *watch, bool mapped, struct error *err)
{
  return collector_walk(watch->collector, watch->windows++, mapped, &watch->accessing, err);
}

// All pairs of windows, the last without its second. Ends with a look at what is mapped.
static int
watch_pairs(struct watch *watch, struct error *err)
{
  uint64_t begin = clock_ms(CLOCK_MONOTONIC);
  for (;;)
    {
      bool last = watch->windows + 2 == WINDOWS_MAX || clock_ms(CLOCK_MONOTONIC) - begin > PAIRS_BUDGET_MS;
      if (clear(watch, err) < 0)
        return -1;
      sleep_ms(watch->window_ms);
      if (end_window(watch, last, err) < 0)
        return -1;
      if (last)
        return 0;
      sleep_ms((LONGER - 1) * watch->window_ms);
      if (end_window(watch, false, err) < 0)
        return -1;
    }
}

static void
set_empty(void *kinds, uint32_t frame)
{
  ((uint8_t *) kinds)[frame] = FRAME_EMPTY;
}

static bool
all_mapped(const uint8_t *seen, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (!(seen[i] & FRAME_MAPPED))
      return false;
  return true;
}

// Returns 1, and sets the flags, where all of the BLOCK from `first` on is one block of free frames; else 0.
static int
is_free_block(struct watch *watch, int fd, uint64_t first, uint64_t *flags, struct error *err)
{
  if (kpageflags_read(fd, first, flags, 1, err) < 0)
    return -1;
  if (!(flags[0] & 1ULL << KPF_BUDDY) || collector_free_block(watch->collector, (uint32_t) first) < BLOCK)
    return 0;
  for (size_t i = 1; i < BLOCK; i++)
    flags[i] = flags[0];
  return 1;
}

// Reads the flags of a BLOCK of frames as far as they need be known. The kernel takes its time for each, so not those
// of frames that are mapped, which the walk has found, nor all of those that are free, mostly in whole blocks.
static int
read_flags(struct watch *watch, int fd, uint64_t first, uint64_t *flags, struct error *err)
{
  int free = is_free_block(watch, fd, first, flags, err);
  if (free != 0)
    return free < 0 ? -1 : 0;
  for (size_t at = 0; at < BLOCK; at += SPAN)
    if (!all_mapped(watch->seen + first + at, SPAN) && kpageflags_read(fd, first + at, flags + at, SPAN, err) < 0)
      return -1;
  return 0;
}

static enum frame_kind
kind_of(uint8_t seen, uint64_t flags)
{
  if (seen & FRAME_MAPPED)
    return seen & FRAME_MAPPED_HUGE ? FRAME_HUGE : FRAME_USER;
  return rank_kind(flags);
}

// Finds every frame's kind.
static int
survey(struct watch *watch, uint8_t *kinds, struct error *err)
{
  cleanup_close int fd = kpageflags_open(err);
  if (fd < 0)
    return -1;
  uint64_t flags[BLOCK] = { 0 };
  uint32_t unnamed[BLOCK];
  for (uint64_t first = 0; first < watch->frames; first += BLOCK)
    {
      uint64_t left = watch->frames - first;
      size_t count = left < BLOCK ? (size_t) left : BLOCK, n = 0;
      if (read_flags(watch, fd, first, flags, err) < 0)
        return -1;
      for (size_t i = 0; i < count; i++)
        {
          kinds[first + i] = (uint8_t) kind_of(watch->seen[first + i], flags[i]);
          if (kinds[first + i] == FRAME_UNNAMED)
            unnamed[n++] = (uint32_t) (first + i);
        }
      collector_find_free(watch->collector, unnamed, n, set_empty, kinds);
    }
  return 0;
}

// The rest of the last window.
static int
watch_tail(struct watch *watch, uint8_t *kinds, struct error *err)
{
  uint64_t begin = clock_ms(CLOCK_MONOTONIC);
  if (survey(watch, kinds, err) < 0)
    return -1;
  uint64_t passed = clock_ms(CLOCK_MONOTONIC) - begin;
  sleep_ms(passed + TAIL_REST_MS < TAIL_MS ? (uint32_t) (TAIL_MS - passed) : TAIL_REST_MS);
  return end_window(watch, false, err);
}

static int
take(struct watch *watch, struct buffer *out, struct error *err)
{
  uint64_t begin = clock_ms(CLOCK_MONOTONIC);
  cleanup_free uint8_t *tags = malloc(watch->frames); // kinds at first
  if (tags == NULL)
    return fail(err, ENOMEM, "a byte for each of %llu frames", (unsigned long long) watch->frames);
  if (collector_begin(watch->collector, &watch->seen, err) < 0 || tlb_flush_begin(&watch->flush, err) < 0
      || watch_pairs(watch, err) < 0 || watch_tail(watch, tags, err) < 0)
    return -1;

  struct hint_info info = { .frames = watch->frames, .windows = (uint32_t) watch->windows,
                            .taken_ms = clock_ms(CLOCK_REALTIME) };
  for (uint64_t i = 0; i < watch->frames; i++)
    tags[i] = rank_tag(tags[i], watch->seen[i] & ((1 << WINDOWS_MAX) - 1));
  info.collect_ms = (uint32_t) (clock_ms(CLOCK_MONOTONIC) - begin);
  return hint_set_write(out, &info, ranks, n_ranks, tags, err);
}

int
snapshot_take(struct collector *collector, uint64_t frames, uint32_t window_ms, struct buffer *out, struct error *err)
{
  struct watch watch = { .collector = collector, .frames = frames, .window_ms = window_ms };
  int result = take(&watch, out, err);
  tlb_flush_end(&watch.flush);
  collector_end(collector);
  buffer_free(&watch.accessing);
  return result;
}
