#include "snapshot.h"
#include "clear_refs.h"
#include "hint_set.h"
#include "kpageflags.h"
#include "rank.h"
#include "tlb_flush.h"

#include <errno.h>
#include <time.h>

enum
{
  // Several short windows tell hot from warm: the more windows saw a page, the hotter it is.
  SHORT_WINDOWS = WINDOWS_MAX - 1,
  // None begins later than this, which cuts their number where clearing and walking take long.
  SHORT_WINDOWS_BUDGET_MS = 600,
  // One long window, which clears nothing before it, then finds the rest of the working set. The survey of all frames
  // falls into it; however long that takes, the workload has the rest of the tail for itself.
  TAIL_MS = 800,
  TAIL_REST_MS = 300,
  FLAGS_AT_ONCE = 4096,
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

static int
watch_short(struct collector *collector, struct tlb_flush *flush, uint32_t window_ms, int *windows, struct error *err)
{
  uint64_t begin = clock_ms(CLOCK_MONOTONIC);
  do
    {
      if (clear_refs(err) < 0 || tlb_flush(flush, err) < 0)
        return -1;
      sleep_ms(window_ms);
      if (collector_walk(collector, (*windows)++, err) < 0)
        return -1;
    }
  while (*windows < SHORT_WINDOWS && clock_ms(CLOCK_MONOTONIC) - begin < SHORT_WINDOWS_BUDGET_MS);
  return 0;
}

static void
set_empty(void *kinds, uint32_t frame)
{
  ((uint8_t *) kinds)[frame] = FRAME_EMPTY;
}

// Finds every frame's kind.
static int
survey(struct collector *collector, uint8_t *kinds, uint64_t frames, struct error *err)
{
  cleanup_close int fd = kpageflags_open(err);
  if (fd < 0)
    return -1;
  uint64_t flags[FLAGS_AT_ONCE];
  uint32_t unnamed[FLAGS_AT_ONCE];
  for (uint64_t first = 0; first < frames; first += FLAGS_AT_ONCE)
    {
      size_t count = frames - first < FLAGS_AT_ONCE ? (size_t) (frames - first) : FLAGS_AT_ONCE, n = 0;
      if (kpageflags_read(fd, first, flags, count, err) < 0)
        return -1;
      for (size_t i = 0; i < count; i++)
        {
          kinds[first + i] = (uint8_t) rank_kind(flags[i]);
          if (kinds[first + i] == FRAME_UNNAMED)
            unnamed[n++] = (uint32_t) (first + i);
        }
      collector_find_free(collector, unnamed, n, set_empty, kinds);
    }
  return 0;
}

static int
take(struct collector *collector, uint64_t frames, struct tlb_flush *flush, uint32_t window_ms, struct buffer *out,
     struct error *err)
{
  uint64_t begin = clock_ms(CLOCK_MONOTONIC);
  cleanup_free uint8_t *tags = malloc(frames); // kinds at first
  if (tags == NULL)
    return fail(err, ENOMEM, "a byte for each of %llu frames", (unsigned long long) frames);
  const uint8_t *seen;
  int windows = 0;
  if (collector_begin(collector, &seen, err) < 0 || tlb_flush_begin(flush, err) < 0
      || watch_short(collector, flush, window_ms, &windows, err) < 0)
    return -1;

  uint64_t tail = clock_ms(CLOCK_MONOTONIC);
  if (survey(collector, tags, frames, err) < 0)
    return -1;
  uint64_t passed = clock_ms(CLOCK_MONOTONIC) - tail;
  sleep_ms(passed + TAIL_REST_MS < TAIL_MS ? (uint32_t) (TAIL_MS - passed) : TAIL_REST_MS);
  if (collector_walk(collector, windows++, err) < 0)
    return -1;

  struct hint_info info = { .frames = frames, .windows = (uint32_t) windows, .taken_ms = clock_ms(CLOCK_REALTIME) };
  for (uint64_t i = 0; i < frames; i++)
    tags[i] = rank_tag(tags[i], seen[i]);
  info.collect_ms = (uint32_t) (clock_ms(CLOCK_MONOTONIC) - begin);
  return hint_set_write(out, &info, ranks, n_ranks, tags, err);
}

int
snapshot_take(struct collector *collector, uint64_t frames, uint32_t window_ms, struct buffer *out, struct error *err)
{
  struct tlb_flush flush = { 0 };
  int result = take(collector, frames, &flush, window_ms, out, err);
  tlb_flush_end(&flush);
  collector_end(collector);
  return result;
}
