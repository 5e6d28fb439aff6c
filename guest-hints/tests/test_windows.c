// How windows are counted, and how long they become.
#include "../src/windows.h"
#include "../bpf/accessed.h"
#include "../src/hint_set.h"
#include "check.h"

#include <stdint.h>
#include <string.h>

enum
{
  FRAMES = 100,
  FIRST_US = 5000,
};

static _Alignas(uint64_t) uint8_t seen[(FRAMES + 7) / 8 * 8];

// As a walk does.
static void
see(int from, int to)
{
  for (int i = from; i < to; i++)
    seen[i] |= FRAME_SEEN;
}

// A pair of windows: the first sees `first` frames, the second all before `end`.
static void
end_pair(struct windows *windows, int first, int end)
{
  see(0, first);
  windows_end(windows, seen, FRAMES);
  see(first, end);
  windows_end(windows, seen, FRAMES);
}

static void
test_heat(void)
{
  struct windows windows = { .us = FIRST_US };
  memset(seen, 0, sizeof seen);
  seen[0] = FRAME_MAPPED;
  seen[99] = FRAME_MAPPED | FRAME_MAPPED_HUGE;
  for (int i = 0; i < PAIRS; i++)
    end_pair(&windows, 1, 10);
  CHECK(windows.ended == 2 * PAIRS, "%d windows", windows.ended);
  CHECK(seen[0] == (FRAME_MAPPED | HEAT_MAX), "seen by all: %02x", seen[0]);
  CHECK(seen[1] == PAIRS && seen[9] == PAIRS, "seen by the longer ones: %02x, %02x", seen[1], seen[9]);
  CHECK(seen[10] == 0, "never seen: %02x", seen[10]);
  windows.tail = true;
  see(10, 11);
  windows_end(&windows, seen, FRAMES);
  windows_end(&windows, seen, FRAMES);
  CHECK(seen[10] == (FRAME_SEEN | 2), "seen by the last ones: %02x", seen[10]);
  CHECK(seen[99] == (FRAME_MAPPED | FRAME_MAPPED_HUGE), "only mapped: %02x", seen[99]);
}

static void
test_length(int first, int end, uint32_t us, uint32_t expected)
{
  struct windows windows = { .us = us };
  memset(seen, 0, sizeof seen);
  end_pair(&windows, first, end);
  CHECK(windows.us == expected, "%d of %d seen in %u us: then %u us, expected %u", first, end, us, windows.us, expected);
}

void
test_windows(void)
{
  test_heat();
  test_length(20, 100, FIRST_US, FIRST_US); // a fifth
  test_length(5, 100, FIRST_US, FIRST_US);
  test_length(40, 100, FIRST_US, FIRST_US / 2);
  test_length(100, 100, FIRST_US, FIRST_US / 5);
  test_length(100, 100, 300, 200); // the shortest
  test_length(0, 0, FIRST_US, FIRST_US);
  test_length(1, 1, FIRST_US, 200);
}
