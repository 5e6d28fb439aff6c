// What becomes of a page frame, by the flags that kernels show for it.
#include "../src/rank.h"
#include "check.h"

#include <linux/kernel-page-flags.h>

#define FLAG(name) (1ULL << KPF_##name)
#define KPF_RESERVED 32
#define KPF_PRIVATE 35
#define ANONYMOUS (FLAG(UPTODATE) | FLAG(LRU) | FLAG(MMAP) | FLAG(ANON) | FLAG(SWAPBACKED))

static struct hint_rank
rank_of(uint64_t flags, uint8_t windows)
{
  uint8_t tag = rank_tag(rank_kind(flags), windows, false);
  return tag == 0 ? (struct hint_rank){ 0 } : ranks[tag - 1];
}

#define CHECK_RANK(flags, windows, expected_class, expected_heat)                                                     \
  do                                                                                                                  \
    {                                                                                                                 \
      struct hint_rank rank = rank_of(flags, windows);                                                                \
      CHECK(rank.class == (expected_class) && rank.heat == (expected_heat), "%s, windows %02x: class %d heat %d",     \
            #flags, windows, rank.class, rank.heat);                                                                  \
    }                                                                                                                 \
  while (0)

void
test_rank(void)
{
  CHECK_RANK(ANONYMOUS, 0x01, HINT_HOT, 1);
  CHECK_RANK(ANONYMOUS, 0x3f, HINT_HOT, 6);
  CHECK_RANK(ANONYMOUS, 0x22, HINT_HOT, 2);
  CHECK_RANK(ANONYMOUS, 0, 0, 0);
  CHECK_RANK(ANONYMOUS | FLAG(THP) | FLAG(COMPOUND_TAIL), 0x03, HINT_HUGE, 2);
  CHECK_RANK(FLAG(HUGE) | FLAG(MMAP), 0x20, HINT_HUGE, 1);
  CHECK_RANK(FLAG(UPTODATE) | FLAG(LRU) | FLAG(THP) | FLAG(COMPOUND_HEAD), 0x06, HINT_HOT, 2); // a file's folio
  CHECK_RANK(FLAG(THP) | FLAG(COMPOUND_TAIL), 0, 0, 0);
  CHECK_RANK(ANONYMOUS | FLAG(THP), 0, 0, 0);
  CHECK_RANK(FLAG(UPTODATE) | FLAG(LRU) | FLAG(MMAP), 0x07, HINT_HOT, 3); // a mapped file

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

  CHECK_RANK(FLAG(BUDDY), 0x3f, 0, 0); // accessed, then freed
  CHECK_RANK(FLAG(NOPAGE), 0, 0, 0);
  CHECK_RANK(FLAG(OFFLINE), 0, 0, 0);
  CHECK_RANK(ANONYMOUS | FLAG(HWPOISON), 0x3f, 0, 0);

  uint8_t tag = rank_tag(FRAME_USER, 0x01, true);
  CHECK(tag > 0 && ranks[tag - 1].class == HINT_OTHER, "coarse: tag %d", tag);
  CHECK(rank_tag(FRAME_USER, 0, true) == 0, "coarse, not accessed");

  CHECK(n_ranks <= HINT_SECTIONS_MAX, "%zu ranks", n_ranks);
}
