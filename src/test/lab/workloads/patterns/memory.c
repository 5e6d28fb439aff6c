#include "memory.h"
#include "pattern.h"

#include <err.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

size_t
setting(const char *name, size_t usual, size_t most)
{
  const char *text = getenv(name);
  long number = text != NULL ? atol(text) : (long) usual;
  if (number < 0 || (size_t) number > most)
    errx(1, "%s=%s: expected a number up to %zu", name, text, most);
  return (size_t) number;
}

// Memory for so many pages, aligned for huge ones; nothing of it is there yet.
static uint64_t *
reserve(size_t pages, int advice)
{
  size_t huge = 2 << 20, size = pages * PAGE_BYTES;
  int flags = MAP_PRIVATE | MAP_ANONYMOUS;
  if (setting("hugetlb", 0, 1) != 0)
    {
      char *set_apart = mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_HUGETLB, -1, 0);
      if (set_apart == MAP_FAILED)
        err(1, "%zu pages of those set apart", pages);
      return (uint64_t *) (void *) set_apart;
    }
  char *memory = mmap(NULL, size + huge, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (memory == MAP_FAILED)
    err(1, "%zu pages", pages);
  size_t before = -(uintptr_t) memory % huge;
  if ((before > 0 && munmap(memory, before) < 0) || munmap(memory + before + size, huge - before) < 0
      || madvise(memory + before, size, advice) < 0)
    err(1, "%zu pages", pages);
  return (uint64_t *) (void *) (memory + before);
}

// Makes all pages there, each with content of its own but for the count.
static void
populate(const struct region *region)
{
  for (size_t i = 0; i < region->pages; i++)
    {
      pattern_fill(region->words + i * PAGE_WORDS, i);
      region->words[i * PAGE_WORDS] = 0;
    }
}

// `ready` is closed when its memory is there.
static void
start_idle(struct region *region, size_t pages, int advice, int ready)
{
  *region = (struct region){ .words = reserve(pages, advice), .pages = pages, .stride = PAGE_WORDS };
  if (setting("merge", 0, 1) != 0 && madvise(region->words, pages * PAGE_BYTES, MADV_MERGEABLE) < 0)
    err(1, "KSM");
  region->counts = region->words;
  region->pid = fork();
  if (region->pid < 0)
    err(1, "fork");
  if (region->pid == 0)
    {
      populate(region);
      close(ready);
      for (;;)
        pause();
    }
  munmap(region->words, pages * PAGE_BYTES); // it is the child's
  truth_watch(region);
}

void
start_idle_processes(struct region *idle, size_t count, size_t pages, int advice)
{
  int ready[2];
  if (pipe(ready) < 0)
    err(1, "pipe");
  for (size_t i = 0; i < count; i++)
    start_idle(&idle[i], pages, advice, ready[1]);
  close(ready[1]);
  char none;
  if (read(ready[0], &none, 1) != 0) // returns when the last has closed its end
    err(1, "pipe");
  close(ready[0]);
}

struct region
memory_region(size_t pages, int advice)
{
  struct region region = { .pages = pages, .words = reserve(pages, advice), .stride = PAGE_WORDS };
  populate(&region);
  region.counts = region.words;
  return region;
}
