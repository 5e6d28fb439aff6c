// Makes every CPU forget its cached translations of user addresses.
//
// Linux clears accessed bits without flushing TLBs, so a page whose translation stays cached would look cold though it
// is the hottest. A process cannot flush another's TLB, but Linux gives each CPU only 6 address-space identifiers: once
// more processes than that have run on a CPU, whoever comes back to it begins with a fresh one. So some children visit
// every CPU in turn, ahead of ordinary processes. One is enough where CPUs have no such identifiers (x86's flag pcid), as
// emulated ones: they forget all at each change of address spaces.
#pragma once

#include "error.h"

#include <sys/types.h>

enum
{
  TLB_VISITORS_MAX = 8,
  TLB_FLUSH_MS = 1000, // enough for any but the slowest guest
};

struct tlb_flush
{
  pid_t visitor[TLB_VISITORS_MAX];
  int channel[TLB_VISITORS_MAX]; // a byte each way, the round: go; done
  int started;
  unsigned char round; // of visits, which the answers name: one may come late
};

// Starts the children; tlb_flush_end ends them, also after a failure.
int tlb_flush_begin(struct tlb_flush *flush, struct error *err);

// Returns when all children have visited all CPUs, or after `wait_ms`: where CPUs are that scarce, some pages look colder
// than they are.
int tlb_flush(struct tlb_flush *flush, int wait_ms, struct error *err);

void tlb_flush_end(struct tlb_flush *flush);
