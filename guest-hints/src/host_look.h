// A look at a guest's memory from its node.
#pragma once

#include "hint_set.h"
#include "snapshot.h"

// A run of the guest's frames that lies in one piece in its QEMU.
struct host_run
{
  uint64_t frame, pages;
  uint64_t address; // of the first, in QEMU
};

struct host_vm
{
  pid_t process;   // QEMU
  uint64_t frames; // the guest's frame numbers are all below this
  uint32_t window_ms;
  const struct host_run *runs; // ascending by frame, disjoint
  size_t n_runs;
};

// Watches for about two seconds, and appends a hint set to `out`: classes hot, and huge where huge pages back the memory.
int host_look(const struct host_vm *vm, struct buffer *out, struct error *err);

// -1 where the kernel does not let this process look at another's page tables.
int host_check(struct error *err);
