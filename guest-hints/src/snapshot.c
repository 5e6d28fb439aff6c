#include "snapshot.h"
#include "../bpf/accessed.h"
#include "../bpf/free.h"
#include "cleanup.h"
#include "hint_set.h"
#include "kpageflags.h"
#include "rank.h"
#include "tlb_flush.h"
#include "windows.h"

#include <errno.h>
#include <linux/kernel-page-flags.h>
#include <stdbool.h>

enum
{
  // Nor does a pair begin later than this share of the time allowed.
  PAIRS_SHARE = 8,
  // The survey of all frames falls into the tail; however long it takes, the workload has so much for itself.
  TAIL_REST_MS = 300,
  // Of the time allowed, what writing and handing on may take; of the time left, what waiting for TLB flushes may.
  CLOSING_SHARE = 8,
  FLUSH_SHARE = 4,
  WITHIN_MS_DEFAULT = 60000,
  // In frames: what is surveyed at once; what of it is read as a whole.
  BLOCK = 1 << FREE_ORDER_MAX,
  SPAN = 64,
};

// What goes on during one snapshot.
struct watch
{
  const struct rung *rung;
  struct tlb_flush flush;
  uint8_t *seen; // a byte for each frame, from the rung
  uint64_t frames;
  struct windows windows;
  bool files;          // accesses by system calls are seen too
  uint64_t begin, end; // ms; the end is when it should be done
  uint64_t walk_ms;    // that the last walk took
};

static uint64_t
passed_ms(const struct watch *watch)
{
  return clock_ms(CLOCK_MONOTONIC) - watch->begin;
}

static uint64_t
left_ms(const struct watch *watch)
{
  uint64_t now = clock_ms(CLOCK_MONOTONIC);
  return now < watch->end ? watch->end - now : 0;
}

// What ends the snapshot: the last walk, writing the set, and handing it on.
static uint64_t
closing_ms(const struct watch *watch)
{
  return watch->walk_ms + (watch->end - watch->begin) / CLOSING_SHARE;
}

static int
clear(struct watch *watch, struct error *err)
{
  if (watch->rung->clear(watch->windows.ended == 0, err) < 0)
    return -1;
  uint64_t wait = left_ms(watch) / FLUSH_SHARE;
  return tlb_flush(&watch->flush, wait < TLB_FLUSH_MS ? (int) wait : TLB_FLUSH_MS, err);
}

static int
end_window(struct watch *watch, bool mapped, struct error *err)
{
  uint64_t begin = clock_ms(CLOCK_MONOTONIC);
  if (watch->rung->walk(mapped, err) < 0)
    return -1;
  windows_end(&watch->windows, watch->seen, watch->frames);
  watch->walk_ms = clock_ms(CLOCK_MONOTONIC) - begin;
  return 0;
}

// Has system calls watched too, from the first longer window on.
static void
watch_files(struct watch *watch)
{
  if (!watch->files && watch->rung->watch_files != NULL)
    watch->files = watch->rung->watch_files();
}

// All pairs of windows, the last without its second. Ends with a look at what is mapped.
static int
watch_pairs(struct watch *watch, struct error *err)
{
  uint64_t share = (watch->end - watch->begin) / PAIRS_SHARE, budget = share < PAIRS_BUDGET_MS ? share : PAIRS_BUDGET_MS;
  for (;;)
    {
      if (clear(watch, err) < 0)
        return -1;
      windows_wait(&watch->windows, false, 0);
      bool last = watch->windows.ended + 2 == 2 * PAIRS || passed_ms(watch) > budget;
      if (end_window(watch, last, err) < 0)
        return -1;
      if (last)
        return 0;
      watch_files(watch);
      windows_wait(&watch->windows, false, 0);
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
  if (!(flags[0] & 1ULL << KPF_BUDDY) || watch->rung->free_block == NULL
      || watch->rung->free_block((uint32_t) first) < BLOCK)
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
kind_of(const struct watch *watch, uint8_t seen, uint64_t flags)
{
  if (seen & FRAME_MAPPED)
    return seen & FRAME_MAPPED_HUGE ? FRAME_HUGE : FRAME_USER;
  enum frame_kind kind = rank_kind(flags);
  return kind == FRAME_CACHE && watch->files ? FRAME_USER : kind; // who sees accesses needs no guess
}

// Finds the kinds of a BLOCK of frames.
static int
survey_block(struct watch *watch, int fd, uint64_t first, uint8_t *kinds, struct error *err)
{
  uint64_t flags[BLOCK] = { 0 }, left = watch->frames - first;
  uint32_t unnamed[BLOCK];
  size_t count = left < BLOCK ? (size_t) left : BLOCK, n = 0;
  if (read_flags(watch, fd, first, flags, err) < 0)
    return -1;
  for (size_t i = 0; i < count; i++)
    {
      kinds[first + i] = (uint8_t) kind_of(watch, watch->seen[first + i], flags[i]);
      if (kinds[first + i] == FRAME_UNNAMED)
        unnamed[n++] = (uint32_t) (first + i);
    }
  if (watch->rung->find_free != NULL)
    watch->rung->find_free(unnamed, n, set_empty, kinds);
  return 0;
}

// Finds every frame's kind while there is time. Of the others is known what was accessed.
static int
survey(struct watch *watch, uint8_t *kinds, struct error *err)
{
  cleanup_close int fd = kpageflags_open(err);
  if (fd < 0)
    return -1;
  uint64_t first = 0;
  for (; first < watch->frames && left_ms(watch) > closing_ms(watch); first += BLOCK)
    if (survey_block(watch, fd, first, kinds, err) < 0)
      return -1;
  for (; first < watch->frames; first++)
    kinds[first] = watch->seen[first] & FRAME_MAPPED_HUGE ? FRAME_HUGE : FRAME_USER;
  return 0;
}

// The rest of the last window, if there is time for it.
static int
watch_tail(struct watch *watch, uint8_t *kinds, struct error *err)
{
  uint64_t begin = clock_ms(CLOCK_MONOTONIC);
  bool enough = left_ms(watch) > closing_ms(watch);
  if (enough)
    watch_files(watch);
  if (survey(watch, kinds, err) < 0)
    return -1;
  if (!enough)
    return 0;
  uint64_t passed = clock_ms(CLOCK_MONOTONIC) - begin, left = left_ms(watch), closing = closing_ms(watch);
  uint64_t rest = passed + TAIL_REST_MS < TAIL_MS ? TAIL_MS - passed : TAIL_REST_MS;
  uint64_t most = left > closing ? left - closing : 0;
  windows_wait(&watch->windows, true, (TAIL_MS - (rest < most ? rest : most)) * 1000);
  return end_window(watch, false, err);
}

// What a frame is in the end. One that was free when all were surveyed, and was accessed in the last windows, is in use now.
static enum frame_kind
last_kind(enum frame_kind surveyed, uint8_t seen)
{
  if (surveyed != FRAME_EMPTY || !(seen & FRAME_SEEN))
    return surveyed;
  return seen & FRAME_MAPPED_HUGE ? FRAME_HUGE : FRAME_USER;
}

static int
take(struct watch *watch, struct buffer *out, struct error *err)
{
  cleanup_free uint8_t *tags = calloc(watch->frames, 1); // kinds at first
  if (tags == NULL)
    return fail(err, ENOMEM, "a byte for each of %llu frames", (unsigned long long) watch->frames);
  if (watch->rung->begin(&watch->seen, err) < 0 || tlb_flush_begin(&watch->flush, err) < 0
      || watch_pairs(watch, err) < 0 || watch_tail(watch, tags, err) < 0)
    return -1;

  struct hint_info info = { .frames = watch->frames, .windows = (uint32_t) watch->windows.ended,
                            .taken_ms = clock_ms(CLOCK_REALTIME) };
  for (uint64_t i = 0; i < watch->frames; i++)
    tags[i] = rank_tag(last_kind(tags[i], watch->seen[i]), watch->seen[i] & FRAME_HEAT, watch->rung->coarse);
  info.collect_ms = (uint32_t) passed_ms(watch);
  if (hint_set_write(out, &info, ranks, n_ranks, tags, err) < 0)
    return -1;
  windows_tell(&watch->windows, "hotfoot-hintsd", passed_ms(watch));
  return 0;
}

int
snapshot_take(const struct rung *rung, uint64_t frames, const struct snapshot_plan *plan, struct buffer *out,
              struct error *err)
{
  struct watch watch = { .rung = rung, .frames = frames, .windows.us = plan->window_ms * 1000,
                         .begin = clock_ms(CLOCK_MONOTONIC) };
  watch.end = watch.begin + (plan->within_ms != 0 ? plan->within_ms : WITHIN_MS_DEFAULT);
  int result = take(&watch, out, err);
  tlb_flush_end(&watch.flush);
  rung->end();
  return result;
}
