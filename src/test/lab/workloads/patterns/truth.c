#include "truth.h"
#include "pattern.h"

#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGEMAP_PRESENT (1ULL << 63)

enum
{
  AT_ONCE = 512,
};

static size_t
at_once(const struct region *region, size_t first)
{
  return region->pages - first < AT_ONCE ? region->pages - first : AT_ONCE;
}

static void
read_counts(const struct region *region, size_t first, uint64_t *counts, size_t n)
{
  struct iovec local = { counts, n * sizeof *counts }, remote[AT_ONCE];
  for (size_t i = 0; i < n; i++)
    remote[i] = (struct iovec){ region->counts + (first + i) * region->stride, sizeof *counts };
  if (process_vm_readv(region->pid, &local, 1, remote, n, 0) != (ssize_t) local.iov_len)
    err(1, "counts of process %d", region->pid);
}

static void
note_counts(const struct region *region, uint32_t *noted)
{
  uint64_t counts[AT_ONCE];
  for (size_t first = 0; first < region->pages; first += AT_ONCE)
    {
      size_t n = at_once(region, first);
      read_counts(region, first, counts, n);
      for (size_t i = 0; i < n; i++)
        noted[first + i] = (uint32_t) counts[i];
    }
}

void
truth_watch(struct region *region)
{
  region->at_begin = calloc(region->pages, sizeof *region->at_begin);
  region->at_end = calloc(region->pages, sizeof *region->at_end);
  if (region->at_begin == NULL || region->at_end == NULL)
    err(1, "counts of %zu pages", region->pages);
}

void
truth_begin(struct region *region)
{
  note_counts(region, region->at_begin);
}

void
truth_end(struct region *region)
{
  note_counts(region, region->at_end);
}

static int
open_pagemap(const struct region *region)
{
  char path[32];
  snprintf(path, sizeof path, "/proc/%d/pagemap", region->pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    err(1, "%s", path);
  return fd;
}

// Where its pages are mapped, those of a file for as long as it takes to see their frames.
static uint64_t *
map(const struct region *region)
{
  if (region->words != NULL)
    return region->words;
  size_t size = region->pages * PAGE_BYTES;
  void *memory = mmap(NULL, size, PROT_READ, MAP_SHARED, region->file, 0);
  if (memory == MAP_FAILED || madvise(memory, size, MADV_POPULATE_READ) < 0)
    err(1, "mapping the file");
  return memory;
}

void
truth_tell(const struct region *region, FILE *to)
{
  uint64_t *words = map(region);
  int pagemap = open_pagemap(region);
  uint64_t counts[AT_ONCE], entries[AT_ONCE];
  for (size_t first = 0; first < region->pages; first += AT_ONCE)
    {
      size_t n = at_once(region, first), page = (uintptr_t) words / PAGE_BYTES + first;
      size_t size = n * sizeof *entries;
      read_counts(region, first, counts, n);
      if (pread(pagemap, entries, size, (off_t) (page * sizeof *entries)) != (ssize_t) size)
        err(1, "/proc/%d/pagemap", region->pid);
      for (size_t i = 0; i < n; i++)
        {
          struct page_truth truth = {
            .frame = entries[i] & PAGEMAP_PRESENT ? (uint32_t) entries[i] : 0, // of the 55 bits, as many as 16 TiB need
            .during = region->at_end[first + i] - region->at_begin[first + i],
            .later = (uint32_t) counts[i] - region->at_end[first + i],
          };
          fwrite(&truth, sizeof truth, 1, to);
        }
    }
  close(pagemap);
  if (region->words == NULL)
    munmap(words, region->pages * PAGE_BYTES);
}
