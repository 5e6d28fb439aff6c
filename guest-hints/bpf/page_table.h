// Reading x86 page tables through the kernel's direct map of physical memory.
#pragma once

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#define ENTRIES 512
#define ENTRY_PRESENT (1ULL << 0)
#define ENTRY_ACCESSED (1ULL << 5)
#define ENTRY_HUGE (1ULL << 7)    // in the upper levels: maps memory itself
#define ENTRY_SPECIAL (1ULL << 9) // in the lowest level: no ordinary page behind it
#define ENTRY_ADDRESS 0x000ffffffffff000ULL

#define PAGE_SHIFT 12
#define PMD_SHIFT 21 // an entry here spans 2 MiB
#define PUD_SHIFT 30 // 1 GiB
#define P4D_SHIFT 39
#define PGD_SHIFT 48 // with five levels only
#define PMD_SIZE (1ULL << PMD_SHIFT)
#define PUD_SIZE (1ULL << PUD_SHIFT)


// Set before loading: of page tables.
extern const volatile bool five_levels;
// Where the kernel maps physical address 0; 0 until found.
extern __u64 direct_map;

static __always_inline __u64
read_entry(__u64 table, __u64 address, int shift)
{
  __u64 entry = 0;
  bpf_probe_read_kernel(&entry, sizeof entry, (void *) (table + (address >> shift & (ENTRIES - 1)) * sizeof entry));
  return entry;
}

static __always_inline __u64
table_of(__u64 base, __u64 entry)
{
  return base + (entry & ENTRY_ADDRESS);
}
