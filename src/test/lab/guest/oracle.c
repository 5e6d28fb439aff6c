// oracle: turns frame numbers, a line each in hexadecimal on standard input, into a hint set that names them all as equally
// hot: what a workload that knows its own hot pages would tell.
#include "buffer.h"
#include "hint_set.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>

int
main(void)
{
  uint8_t *tags = calloc(HINT_FRAMES_MAX, 1); // of which only what is written takes memory
  struct hint_info info = { .windows = 1 };
  unsigned long long frame;
  while (tags != NULL && scanf("%llx", &frame) == 1)
    {
      if (frame >= HINT_FRAMES_MAX)
        errx(1, "frame %llx lies beyond what a hint set can name", frame);
      tags[frame] = 1;
      if (frame >= info.frames)
        info.frames = frame + 1;
    }
  if (info.frames == 0)
    errx(1, "no frames on standard input");
  struct buffer set = { 0 };
  struct error error;
  struct hint_rank hot = { .class = HINT_HOT, .heat = 1 };
  if (hint_set_write(&set, &info, &hot, 1, tags, &error) < 0)
    errx(1, "%s", error.message);
  return fwrite(set.data, 1, set.size, stdout) != set.size || fflush(stdout) != 0;
}
