// A way to see which page frames the guest's processes access. There is a ladder of them; a guest gets the best that its
// kernel has. One is in use at a time, so each keeps its own state.
#pragma once

#include "../bpf/accessed.h"
#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rung
{
  const char *name;
  const char *hints; // what hints are like that it leads to
  bool coarse;       // it tells of memory areas rather than of pages

  // Prepares for a guest whose frames are all below `frames`; the error says why this kernel won't do. `unload` undoes it.
  int (*load)(uint64_t frames, struct error *err);
  void (*unload)(void);

  // Forgets all windows. *seen gets a byte for each frame, as ../bpf/accessed.h describes it, valid until `end`.
  int (*begin)(uint8_t **seen, struct error *err);
  // Begins a window: what was accessed before is forgotten, at first of all processes, later at least of those that
  // accessed something in the last window.
  int (*clear)(bool first, struct error *err);
  // Notes every frame as seen that was accessed since `clear`. With `mapped` also notes which frames are mapped at all.
  int (*walk)(bool mapped, struct error *err);
  void (*end)(void);

  // What only some rungs have; others leave it NULL.

  // Has accesses to files by system calls, which page tables don't show, noted too until `end`. Returns whether they
  // are. `rest` ends what that takes; it is slow, so it follows when the hints have been sent.
  bool (*watch_files)(void);
  void (*rest)(void);
  // Calls `found` for those of the given frames that nothing refers to: they are free.
  void (*find_free)(const uint32_t *frames, size_t count, void (*found)(void *context, uint32_t frame), void *context);
  // How many free frames there are from `frame` on, which /proc/kpageflags shows as the first of a block of free ones.
  uint32_t (*free_block)(uint32_t frame);
};

// The ladder, the best first.
extern const struct rung rung_ebpf, rung_idle, rung_damon, rung_areas;

// Loads the best rung. `reasons` gets a line for each better one: its name and why this guest does not have it.
int rung_choose(const struct rung **chosen, uint64_t frames, char *reasons, size_t size, struct error *err);
