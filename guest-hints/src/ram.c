#include "ram.h"
#include "cleanup.h"
#include "hint_set.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

int
ram_frames(uint64_t *frames, struct error *err)
{
  cleanup_fclose FILE *file = fopen("/proc/iomem", "re");
  if (file == NULL)
    return fail(err, errno, "/proc/iomem");
  uint64_t highest = 0;
  char line[256];
  while (fgets(line, sizeof line, file) != NULL)
    {
      uint64_t first, last;
      if (strstr(line, " : System RAM") != NULL && sscanf(line, "%" SCNx64 "-%" SCNx64, &first, &last) == 2
          && last > highest)
        highest = last;
    }
  if (highest == 0)
    return fail(err, 0, "/proc/iomem shows no addresses of System RAM: root rights (CAP_SYS_ADMIN) are needed");
  *frames = (highest + 1) / 4096;
  if (*frames > HINT_FRAMES_MAX)
    return fail(err, 0, "RAM reaches up to frame %" PRIu64 ", hints can tell of %d (1 TiB)", *frames, HINT_FRAMES_MAX);
  return 0;
}
