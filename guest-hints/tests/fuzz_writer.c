// libFuzzer's way into the writer of hint sets: what it writes must be read as what it was given.
#include "../src/hint_format.h"
#include "../src/hint_set.h"

#include <stdlib.h>

enum
{
  FRAMES_MAX = 1 << 17, // two containers
  RUN_BYTES = 3,
  N_RANKS = 5,
};

static const struct hint_rank RANKS[N_RANKS] = {
  { HINT_HOT, 9 }, { HINT_HOT, 1 }, { HINT_KERNEL, 0 }, { HINT_CACHE, 0 }, { HINT_OTHER, 0 },
};

static int
seen(void *pages, const struct hint_section *section, struct error *err)
{
  (void) err;
  for (size_t i = 0; i < N_RANKS; i++)
    if (RANKS[i].class == section->class && RANKS[i].heat == section->heat)
      {
        ((uint32_t *) pages)[i] += section->pages;
        return 0;
      }
  abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Every three bytes are a run of frames: its length, and the rank that they belong to.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static uint8_t tags[FRAMES_MAX];
  uint32_t expected[N_RANKS] = { 0 }, found[N_RANKS] = { 0 };
  struct hint_info info = { .windows = 1 }, read;
  struct error err;
  for (size_t i = 0; i + RUN_BYTES <= size; i += RUN_BYTES)
    {
      uint8_t tag = data[i + 2] % (N_RANKS + 1);
      for (uint16_t left = get_u16(data + i); left > 0 && info.frames < FRAMES_MAX; left--)
        {
          tags[info.frames++] = tag;
          if (tag > 0)
            expected[tag - 1]++;
        }
    }
  if (info.frames == 0)
    return 0;
  cleanup_buffer struct buffer set = { 0 };
  if (hint_set_write(&set, &info, RANKS, N_RANKS, tags, &err) < 0
      || hint_set_read(set.data, set.size, &read, seen, found, &err) < 0 || read.frames != info.frames)
    abort();
  for (size_t i = 0; i < N_RANKS; i++)
    if (found[i] != expected[i])
      abort();
  return 0;
}
