// Page content that can be told from its page's number alone, so that memory can be checked at any time.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum
{
  PAGE_BYTES = 4096,
  PAGE_WORDS = PAGE_BYTES / sizeof(uint64_t),
};

// The word at `index` (0 to PAGE_WORDS - 1) of page `number`. All words of all pages differ. The multiplier is
// splitmix64's.
static inline uint64_t
pattern_word(uint64_t number, unsigned index)
{
  return (number * PAGE_WORDS + index + 1) * 0x9e3779b97f4a7c15ULL;
}

static inline void
pattern_fill(uint64_t *page, uint64_t number)
{
  for (unsigned i = 0; i < PAGE_WORDS; i++)
    page[i] = pattern_word(number, i);
}

static inline bool
pattern_holds(const uint64_t *page, uint64_t number)
{
  for (unsigned i = 0; i < PAGE_WORDS; i++)
    if (page[i] != pattern_word(number, i))
      return false;
  return true;
}
