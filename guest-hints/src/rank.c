#include "rank.h"

#include <linux/kernel-page-flags.h>

#define FLAG(name) (1ULL << KPF_##name)

// Nothing that the guest could miss: holes, free pages, pages given back to the host or poisoned.
#define NO_CONTENT (FLAG(NOPAGE) | FLAG(BUDDY) | FLAG(OFFLINE) | FLAG(HWPOISON))
// Memory of processes and of files; all else that has content is the kernel's own.
#define USER (FLAG(LRU) | FLAG(ANON) | FLAG(MMAP) | FLAG(HUGE))
#define FILE_PAGE(flags) (!((flags) & (FLAG(ANON) | FLAG(SWAPBACKED))))

enum
{
  HEATS = ACCESSED_WINDOWS_MAX,
  TAG_NONE = 0,
  TAG_HOT = 1, // the first of HEATS
  TAG_KERNEL = TAG_HOT + HEATS,
  TAG_CACHE,
  TAG_HUGE, // the first of HEATS
};

const struct hint_rank ranks[] = {
  { HINT_HOT, 8 },    { HINT_HOT, 7 },  { HINT_HOT, 6 },  { HINT_HOT, 5 },  { HINT_HOT, 4 },
  { HINT_HOT, 3 },    { HINT_HOT, 2 },  { HINT_HOT, 1 },  { HINT_KERNEL, 0 }, { HINT_CACHE, 0 },
  { HINT_HUGE, 8 },   { HINT_HUGE, 7 }, { HINT_HUGE, 6 }, { HINT_HUGE, 5 }, { HINT_HUGE, 4 },
  { HINT_HUGE, 3 },   { HINT_HUGE, 2 }, { HINT_HUGE, 1 },
};
const size_t n_ranks = sizeof ranks / sizeof ranks[0];

static uint8_t
hottest_first(uint8_t first, uint8_t windows)
{
  return (uint8_t) (first + HEATS - __builtin_popcount(windows));
}

uint8_t
rank_tag(uint64_t flags, uint8_t windows)
{
  if (flags & NO_CONTENT)
    return TAG_NONE;
  if (windows != 0) // an accessed bit speaks for the whole of a huge page: exact hints go first
    return hottest_first(flags & (FLAG(THP) | FLAG(HUGE)) ? TAG_HUGE : TAG_HOT, windows);
  if (!(flags & USER))
    return TAG_KERNEL;
  // Read through read(2): no page table knows of that. Pages that are mapped and were not accessed had their referenced
  // flag cleared by clear_refs.
  if (FILE_PAGE(flags) && flags & FLAG(REFERENCED))
    return TAG_CACHE;
  return TAG_NONE;
}
