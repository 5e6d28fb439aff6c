// Reading page tables through the kernel's direct map of physical memory. Both architectures have tables of 512 entries
// for pages of 4 KiB and call the levels alike; arm64's part was compiled, but never run.
#pragma once

#include "kernel_memory.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#define ENTRIES 512
#define ENTRY_PRESENT_SHIFT 0
#define ENTRY_PRESENT (1ULL << ENTRY_PRESENT_SHIFT)
#if defined(__TARGET_ARCH_arm64)
#define ENTRY_ACCESSED_SHIFT 10
#define ENTRY_SPECIAL (1ULL << 56)
#define ENTRY_ADDRESS 0x0000fffffffff000ULL
#else
#define ENTRY_ACCESSED_SHIFT 5
#define ENTRY_SPECIAL (1ULL << 9) // in the lowest level: no ordinary page behind it
#define ENTRY_ADDRESS 0x000ffffffffff000ULL
#endif
#define ENTRY_ACCESSED (1ULL << ENTRY_ACCESSED_SHIFT)

#define PAGE_SHIFT 12
#define PMD_SHIFT 21 // an entry here spans 2 MiB
#define PUD_SHIFT 30 // 1 GiB
#define P4D_SHIFT 39
#define PGD_SHIFT 48 // with five levels only
#define PMD_SIZE (1ULL << PMD_SHIFT)
#define PUD_SIZE (1ULL << PUD_SHIFT)

// Does this entry of an upper level map memory itself?
static __always_inline bool
is_huge(__u64 entry)
{
#if defined(__TARGET_ARCH_arm64)
  return !(entry & 1ULL << 1);
#else
  return entry & 1ULL << 7;
#endif
}

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
