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
  SHORT_WINDOWS = ACCESSED_WINDOWS_MAX - 1,
  // None begins later than this, which cuts their number where clearing and walking take long.
  SHORT_WINDOWS_BUDGET_MS = 800,
  // One long window, which clears nothing before it, then finds the rest of the working set.
  TAIL_MS = 800,
  FLAGS_AT_ONCE = 8192,
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

// Runs the windows; info gets their number and when the last one ended.
static int
watch(struct accessed *accessed, struct tlb_flush *flush, uint32_t window_ms, struct hint_info *info,
      struct error *err)
{
  uint64_t begin = clock_ms(CLOCK_MONOTONIC);
  int window = 0;
  do
    {
      if (clear_refs(err) < 0 || tlb_flush(flush, err) < 0)
        return -1;
      sleep_ms(window_ms);
      if (accessed_walk(accessed, window++, err) < 0)
        return -1;
    }
  while (window < SHORT_WINDOWS && clock_ms(CLOCK_MONOTONIC) - begin < SHORT_WINDOWS_BUDGET_MS);

  sleep_ms(TAIL_MS);
  if (accessed_walk(accessed, window++, err) < 0)
    return -1;
  info->windows = (uint32_t) window;
  info->taken_ms = clock_ms(CLOCK_REALTIME);
  return 0;
}

static int
tag_frames(const uint8_t *windows, uint8_t *tags, uint64_t frames, struct error *err)
{
  cleanup_close int fd = kpageflags_open(err);
  if (fd < 0)
    return -1;
  uint64_t flags[FLAGS_AT_ONCE];
  for (uint64_t first = 0; first < frames; first += FLAGS_AT_ONCE)
    {
      size_t count = frames - first < FLAGS_AT_ONCE ? (size_t) (frames - first) : FLAGS_AT_ONCE;
      if (kpageflags_read(fd, first, flags, count, err) < 0)
        return -1;
      for (size_t i = 0; i < count; i++)
        tags[first + i] = rank_tag(flags[i], windows[first + i]);
    }
  return 0;
}

static int
take(struct accessed *accessed, uint64_t frames, struct tlb_flush *flush, uint32_t window_ms, struct buffer *out,
     struct error *err)
{
  uint64_t begin = clock_ms(CLOCK_MONOTONIC);
  struct hint_info info = { .frames = frames };
  const uint8_t *windows;
  cleanup_free uint8_t *tags = malloc(frames);
  if (tags == NULL)
    return fail(err, ENOMEM, "a byte for each of %llu frames", (unsigned long long) frames);
  if (accessed_reset(accessed, err) < 0 || tlb_flush_begin(flush, err) < 0
      || watch(accessed, flush, window_ms, &info, err) < 0 || accessed_map(accessed, &windows, err) < 0
      || tag_frames(windows, tags, frames, err) < 0)
    return -1;
  info.collect_ms = (uint32_t) (clock_ms(CLOCK_MONOTONIC) - begin);
  return hint_set_write(out, &info, ranks, n_ranks, tags, err);
}

int
snapshot_take(struct accessed *accessed, uint64_t frames, uint32_t window_ms, struct buffer *out, struct error *err)
{
  struct tlb_flush flush = { 0 };
  int result = take(accessed, frames, &flush, window_ms, out, err);
  tlb_flush_end(&flush);
  accessed_unmap(accessed);
  return result;
}
