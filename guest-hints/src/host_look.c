#include "host_look.h"
#include "../bpf/accessed.h"
#include "clear_refs.h"
#include "collector.h"
#include "rank.h"
#include "tlb_flush.h"
#include "windows.h"

#include <errno.h>

// What goes on during one look.
struct watch
{
  const struct host_vm *vm;
  struct collector *collector;
  struct tlb_flush flush;
  struct buffer accessing; // in use by the collector
  struct windows windows;
  uint8_t *seen; // a byte for each place of a page
  uint64_t places;
};

static int
end_window(struct watch *watch, bool tail, struct error *err)
{
  windows_wait(&watch->windows, tail, 0);
  if (collector_walk(watch->collector, false, &watch->accessing, err) < 0)
    return -1;
  windows_end(&watch->windows, watch->seen, watch->places);
  return 0;
}

static int
watch_windows(struct watch *watch, struct error *err)
{
  uint64_t begin = clock_ms(CLOCK_MONOTONIC);
  for (bool last = false; !last;)
    {
      last = watch->windows.ended + 2 == 2 * PAIRS || clock_ms(CLOCK_MONOTONIC) - begin > PAIRS_BUDGET_MS;
      if (clear_refs_of_process(watch->vm->process, err) < 0 || tlb_flush(&watch->flush, TLB_FLUSH_MS, err) < 0
          || end_window(watch, false, err) < 0 || end_window(watch, last, err) < 0)
        return -1;
    }
  return 0;
}

// Loads the programs for these runs. *pages, to be freed, says where each page is noted.
static int
load(const struct host_vm *vm, struct collector **collector, struct page_run **pages, struct error *err)
{
  *pages = calloc(vm->n_runs, sizeof **pages);
  if (*pages == NULL)
    return fail(err, ENOMEM, "%zu runs of pages", vm->n_runs);
  for (size_t i = 0; i < vm->n_runs; i++)
    (*pages)[i] = (struct page_run){ .address = vm->runs[i].address, .pages = vm->runs[i].pages };
  return collector_watch(collector, vm->process, *pages, vm->n_runs, err);
}

static void
tag_run(const struct host_run *run, const uint8_t *seen, uint8_t *tags)
{
  for (uint64_t i = 0; i < run->pages; i++)
    {
      enum frame_kind kind = seen[i] & FRAME_MAPPED_HUGE ? FRAME_HUGE : FRAME_USER;
      tags[run->frame + i] = rank_tag(kind, seen[i] & FRAME_HEAT, false);
    }
}

static int
look(struct watch *watch, const struct page_run *pages, struct buffer *out, struct error *err)
{
  const struct host_vm *vm = watch->vm;
  uint64_t begin = clock_ms(CLOCK_MONOTONIC);
  cleanup_free uint8_t *tags = calloc(vm->frames, 1);
  if (tags == NULL)
    return fail(err, ENOMEM, "a byte for each of %llu frames", (unsigned long long) vm->frames);
  watch->places = pages[vm->n_runs - 1].place + pages[vm->n_runs - 1].pages;
  if (collector_begin(watch->collector, &watch->seen, err) < 0 || tlb_flush_begin(&watch->flush, err) < 0
      || watch_windows(watch, err) < 0)
    return -1;
  for (size_t i = 0; i < vm->n_runs; i++)
    tag_run(&vm->runs[i], watch->seen + pages[i].place, tags);
  struct hint_info info = { .frames = vm->frames, .windows = (uint32_t) watch->windows.ended,
                            .taken_ms = clock_ms(CLOCK_REALTIME),
                            .collect_ms = (uint32_t) (clock_ms(CLOCK_MONOTONIC) - begin) };
  windows_tell(&watch->windows, "hotfoot-host-hints", info.collect_ms);
  return hint_set_write(out, &info, ranks, n_ranks, tags, err);
}

int
host_look(const struct host_vm *vm, struct buffer *out, struct error *err)
{
  struct watch watch = { .vm = vm, .windows.us = vm->window_ms * 1000 };
  cleanup_free struct page_run *pages = NULL;
  if (load(vm, &watch.collector, &pages, err) < 0)
    return -1;
  int result = look(&watch, pages, out, err);
  tlb_flush_end(&watch.flush);
  collector_end(watch.collector);
  buffer_free(&watch.accessing);
  return result;
}

int
host_check(struct error *err)
{
  // Of this process itself: what it may do here it may do to others.
  struct page_run own = { .address = 0, .pages = 1 };
  struct collector *collector;
  return collector_watch(&collector, getpid(), &own, 1, err);
}
