// What becomes of a page frame, by the flags that kernels show for it.
#include "../src/rank.h"
#include "../src/windows.h"
#include "check.h"

#include <linux/kernel-page-flags.h>

#define FLAG(name) (1ULL << KPF_##name)
#define KPF_RESERVED 32
#define KPF_PRIVATE 35
#define ANONYMOUS (FLAG(UPTODATE) | FLAG(LRU) | FLAG(MMAP) | FLAG(ANON) | FLAG(SWAPBACKED))

static struct hint_rank
rank_of(uint64_t flags, uint8_t heat)
{
  uint8_t tag = rank_tag(rank_kind(flags), heat, false);
  return tag == 0 ? (struct hint_rank){ 0 } : ranks[tag - 1];
}

#define CHECK_RANK(flags, heat_found, expected_class, expected_heat)                                                  \
  do                                                                                                                  \
    {                                                                                                                 \
      struct hint_rank rank = rank_of(flags, heat_found);                                                             \
      CHECK(rank.class == (expected_class) && rank.heat == (expected_heat), "%s, heat %d: class %d heat %d", #flags,  \
            heat_found, rank.class, rank.heat);                                                                       \
    }                                                                                                                 \
  while (0)

void
test_rank(void)
{
  CHECK_RANK(ANONYMOUS, 1, HINT_HOT, 1);
  CHECK_RANK(ANONYMOUS, HEAT_MAX, HINT_HOT, HEAT_MAX);
  CHECK_RANK(ANONYMOUS, 0, 0, 0);
  CHECK_RANK(ANONYMOUS | FLAG(THP) | FLAG(COMPOUND_TAIL), 2, HINT_HUGE, 2);
  CHECK_RANK(FLAG(HUGE) | FLAG(MMAP), 1, HINT_HUGE, 1);
  CHECK_RANK(FLAG(UPTODATE) | FLAG(LRU) | FLAG(THP) | FLAG(COMPOUND_HEAD), 2, HINT_HOT, 2); // a file's folio
  CHECK_RANK(FLAG(THP) | FLAG(COMPOUND_TAIL), 0, 0, 0);
  CHECK_RANK(ANONYMOUS | FLAG(THP), 0, 0, 0);
  CHECK_RANK(FLAG(UPTODATE) | FLAG(LRU) | FLAG(MMAP), 3, HINT_HOT, 3); // a mapped file

  CHECK_RANK(FLAG(UPTODATE) | FLAG(LRU) | FLAG(REFERENCED), 0, HINT_CACHE, 0);
  CHECK_RANK(FLAG(UPTODATE) | FLAG(LRU), 0, 0, 0);
  CHECK_RANK(FLAG(UPTODATE) | FLAG(LRU) | FLAG(REFERENCED) | FLAG(SWAPBACKED), 0, 0, 0);

  CHECK_RANK(FLAG(SLAB), 0, HINT_KERNEL, 0);
  CHECK_RANK(FLAG(SLAB) | FLAG(ANON), 0, HINT_KERNEL, 0);
  CHECK_RANK(FLAG(PGTABLE), 0, HINT_KERNEL, 0);
  CHECK_RANK(FLAG(COMPOUND_TAIL), 0, HINT_KERNEL, 0);
  CHECK_RANK(FLAG(RESERVED), 0, HINT_KERNEL, 0);
  CHECK_RANK(FLAG(RESERVED) | FLAG(PRIVATE), 0, 0, 0);
  CHECK_RANK(0, 0, HINT_KERNEL, 0);
  CHECK(rank_kind(0) == FRAME_UNNAMED, "no flags: kind %d", rank_kind(0));

  CHECK_RANK(FLAG(BUDDY), 6, 0, 0); // accessed, then freed
  CHECK_RANK(FLAG(NOPAGE), 0, 0, 0);
  CHECK_RANK(FLAG(OFFLINE), 0, 0, 0);
  CHECK_RANK(ANONYMOUS | FLAG(HWPOISON), 6, 0, 0);

  uint8_t tag = rank_tag(FRAME_USER, 1, true);
  CHECK(tag > 0 && ranks[tag - 1].class == HINT_OTHER, "coarse: tag %d", tag);
  CHECK(rank_tag(FRAME_USER, 0, true) == 0, "coarse, not accessed");

  CHECK(n_ranks <= HINT_SECTIONS_MAX, "%zu ranks", n_ranks);
}
