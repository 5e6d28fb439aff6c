// The record of which pages were accessed how often.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

// Pages of one process, one after another.
struct region
{
  pid_t pid;
  uint64_t *counts; // of accesses, of the first page; in the process's memory
  size_t stride;    // words from one page's count to the next one's
  size_t pages;
  uint64_t *words; // the memory itself, where it is mapped all the time
  int file;        // else the file
  uint32_t *at_begin, *at_end; // the counts at these moments
};

// What truth_tell writes of each page.
struct page_truth
{
  uint32_t frame;  // 0: swapped out
  uint32_t during; // accesses between truth_begin and truth_end
  uint32_t later;  // accesses since
};

// Makes room for the counts of a region whose pages are there.
void truth_watch(struct region *region);

// The counts are read as a debugger reads, by process_vm_readv(2), which leaves the accessed bits of page tables alone.
void truth_begin(struct region *region);
void truth_end(struct region *region);
void truth_tell(const struct region *region, FILE *to);
