// The eBPF programs of ../bpf, which look into the kernel's memory.
#pragma once

#include "../bpf/accessed.h"
#include "buffer.h"
#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct collector;

// Can this kernel have what the programs need: BTF, no lockdown that forbids them? The error says what is missing.
int collector_check(struct error *err);

// Loads the programs, for a guest whose frames are all below `frames`. Takes a second where the CPU is emulated, and
// memory of one byte a frame in the kernel. The owner's own pages and its children's are never looked at.
int collector_load(struct collector **collector, uint64_t frames, struct error *err);

// A run of pages of one process.
struct page_run
{
  uint64_t address, pages;
  uint64_t place; // of its first page among the bytes that collector_begin gives: collector_watch sets it
};

// Has only these pages of one process looked at, by number in the caller's PID namespace, instead of all memory. The bytes
// that collector_begin gives are then not a frame's but a page's, by its place. Loads the programs, in place of
// collector_load. Needs Linux 6.1.
int collector_watch(struct collector **collector, pid_t process, struct page_run *runs, size_t n_runs,
                    struct error *err);

void collector_unload(struct collector *collector);

// Forgets all windows. *seen gets a byte for each frame, as ../bpf/accessed.h describes it. Valid until collector_end.
int collector_begin(struct collector *collector, uint8_t **seen, struct error *err);

// Notes every frame as seen whose accessed bit is set now in some process's page tables; `accessing` gets the numbers of
// these processes, 4 bytes each. With `mapped` also notes which frames are mapped at all.
int collector_walk(struct collector *collector, bool mapped, struct buffer *accessing, struct error *err);

// From now until collector_end also notes page cache as seen that is read or written by system calls. `windows` have ended
// so far: until the next one ends, what is noted was accessed in the first too. Returns whether this kernel lets it. Takes
// up to 0.1 s where the CPU is emulated.
bool collector_watch_files(struct collector *collector, int windows);

// Undoes collector_watch_files, after collector_end. Takes up to 0.4 s where the CPU is emulated.
void collector_forget_files(struct collector *collector);

// Calls `found` for those of the given frames that nothing refers to: they are free. Where the kernel does not show
// that, for none.
void collector_find_free(struct collector *collector, const uint32_t *frames, size_t count,
                         void (*found)(void *context, uint32_t frame), void *context);

// How many free frames there are from `frame` on, which /proc/kpageflags shows as the first of a block of free ones; 1
// where the kernel does not show how many.
uint32_t collector_free_block(struct collector *collector, uint32_t frame);

void collector_end(struct collector *collector);
