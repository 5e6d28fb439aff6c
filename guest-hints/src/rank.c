#include "rank.h"
#include "windows.h"

#include <linux/kernel-page-flags.h>

#define FLAG(name) (1ULL << KPF_##name)
#define KPF_RESERVED 32 // these two are not in the kernel's header for programs: include/linux/kernel-page-flags.h
#define KPF_PRIVATE 35

enum
{
  TAG_NONE = 0,
  TAG_HOT = 1, // the first of HEAT_MAX
  TAG_KERNEL = TAG_HOT + HEAT_MAX,
  TAG_CACHE,
  TAG_HUGE, // the first of HEAT_MAX
  TAG_OTHER = TAG_HUGE + HEAT_MAX,
};

const struct hint_rank ranks[] = {
  { HINT_HOT, 8 },    { HINT_HOT, 7 },   { HINT_HOT, 6 },  { HINT_HOT, 5 },  { HINT_HOT, 4 },
  { HINT_HOT, 3 },    { HINT_HOT, 2 },   { HINT_HOT, 1 },  { HINT_KERNEL, 0 }, { HINT_CACHE, 0 },
  { HINT_HUGE, 8 },   { HINT_HUGE, 7 },  { HINT_HUGE, 6 }, { HINT_HUGE, 5 },  { HINT_HUGE, 4 },
  { HINT_HUGE, 3 },   { HINT_HUGE, 2 },  { HINT_HUGE, 1 }, { HINT_OTHER, 0 },
};
const size_t n_ranks = sizeof ranks / sizeof ranks[0];

enum frame_kind
rank_kind(uint64_t flags)
{
  // Holes, free pages, pages given back to the host or poisoned.
  if (flags & (FLAG(NOPAGE) | FLAG(BUDDY) | FLAG(OFFLINE) | FLAG(HWPOISON)))
    return FRAME_EMPTY;
  // Before the user's flags: slab pages may show ANON too.
  if (flags & (FLAG(SLAB) | FLAG(PGTABLE)))
    return FRAME_KERNEL;
  if (flags & FLAG(HUGE))
    return FRAME_HUGE;
  // Files have larger folios too, of what was read at once; where a huge entry maps one, the walk has told.
  if (flags & FLAG(THP))
    return flags & FLAG(ANON) ? FRAME_HUGE : FRAME_USER;
  if (flags & (FLAG(LRU) | FLAG(ANON) | FLAG(MMAP)))
    {
      // Read through read(2), which no page table shows. A page that is mapped lost its flag by clear_refs. Files of a
      // tmpfs (SWAPBACKED) have it from being written.
      bool was_read = flags & FLAG(REFERENCED) && !(flags & (FLAG(ANON) | FLAG(MMAP) | FLAG(SWAPBACKED)));
      return was_read ? FRAME_CACHE : FRAME_USER;
    }
  if (flags & FLAG(RESERVED))
    // The struct pages themselves, 1/64 of all memory, of which few are in use at any time: not worth their transfer.
    return flags & FLAG(PRIVATE) ? FRAME_EMPTY : FRAME_KERNEL;
  return flags == 0 ? FRAME_UNNAMED : FRAME_KERNEL;
}

static uint8_t
hottest_first(uint8_t first, uint8_t heat)
{
  return (uint8_t) (first + HEAT_MAX - heat);
}

uint8_t
rank_tag(enum frame_kind kind, uint8_t heat, bool coarse)
{
  if (kind == FRAME_EMPTY) // also what was accessed and has been freed since
    return TAG_NONE;
  if (heat != 0 && coarse)
    return TAG_OTHER;
  if (heat != 0)
    // An accessed bit speaks for the whole of a huge page: exact hints go first.
    return hottest_first(kind == FRAME_HUGE ? TAG_HUGE : TAG_HOT, heat);
  if (kind == FRAME_KERNEL || kind == FRAME_UNNAMED)
    return TAG_KERNEL;
  return kind == FRAME_CACHE ? TAG_CACHE : TAG_NONE;
}
