// The best rung: an eBPF program that walks all page tables (collector.h).
#include "clear_refs.h"
#include "collector.h"
#include "rung.h"

static struct collector *collector;
static struct buffer accessing; // the processes that accessed something in the last window
static int windows;             // so far

static int
load(uint64_t frames, struct error *err)
{
  return collector_check(err) < 0 ? -1 : collector_load(&collector, frames, err);
}

static void
unload(void)
{
  collector_unload(collector);
}

static int
begin(uint8_t **seen, struct error *err)
{
  windows = 0;
  return collector_begin(collector, seen, err);
}

// Whoever accessed nothing in the last window has nothing to be cleared.
static int
clear(bool first, struct error *err)
{
  return first ? clear_refs_of_all(err) : clear_refs_of(&accessing, err);
}

static int
walk(bool mapped, struct error *err)
{
  windows++;
  return collector_walk(collector, mapped, &accessing, err);
}

// Files are not to be colder than other memory, so in the first pair of windows this is taken as going on since its begin.
static bool
watch_files(void)
{
  return collector_watch_files(collector, windows);
}

static void
rest(void)
{
  collector_forget_files(collector);
}

static void
end(void)
{
  collector_end(collector);
  buffer_free(&accessing);
}

static void
find_free(const uint32_t *frames, size_t count, void (*found)(void *context, uint32_t frame), void *context)
{
  collector_find_free(collector, frames, count, found, context);
}

static uint32_t
free_block(uint32_t frame)
{
  return collector_free_block(collector, frame);
}

const struct rung rung_ebpf = {
  .name = "ebpf",
  .hints = "exact hints, from the accessed bits of all processes' page tables",
  .load = load,
  .unload = unload,
  .begin = begin,
  .clear = clear,
  .walk = walk,
  .end = end,
  .watch_files = watch_files,
  .rest = rest,
  .find_free = find_free,
  .free_block = free_block,
};
