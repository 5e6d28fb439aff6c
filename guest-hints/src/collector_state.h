// What collector.c and collector_load.c share.
#pragma once

#include "../bpf/free.h"
#include "collector.h"
#include "collector.skel.h"

enum
{
  PAGE_BYTES = 4096,
  PAGES_PER_HUGE = 512,
};

struct collector
{
  struct collector_bpf *bpf;
  struct bpf_link *iterator, *reads, *writes;
  uint64_t frames; // or places of pages
  const struct page_run *runs; // where one process is watched
  size_t n_runs;
  uint8_t *seen; // during a snapshot: the map's memory
  char log[512]; // libbpf's first warning
};
