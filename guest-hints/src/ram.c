#include "ram.h"
#include "cleanup.h"
#include "hint_set.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define PAGE 4096ULL

int
ram_ranges(int (*found)(void *context, uint64_t start, uint64_t end), void *context, struct error *err)
{
  cleanup_fclose FILE *file = fopen("/proc/iomem", "re");
  if (file == NULL)
    return fail(err, errno, "/proc/iomem");
  char line[256];
  while (fgets(line, sizeof line, file) != NULL)
    {
      uint64_t first, last;
      if (strstr(line, " : System RAM") == NULL
          || sscanf(line, "%" SCNx64 "-%" SCNx64, &first, &last) != 2)
        continue;
      uint64_t start = (first + PAGE - 1) / PAGE * PAGE, end = (last + 1) / PAGE * PAGE;
      if (start < end && found(context, start, end) < 0)
        return -1;
    }
  return 0;
}

static int
keep_end(void *highest, uint64_t start, uint64_t end)
{
  (void) start;
  if (end > *(uint64_t *) highest)
    *(uint64_t *) highest = end;
  return 0;
}

int
ram_frames(uint64_t *frames, struct error *err)
{
  uint64_t highest = 0;
  if (ram_ranges(keep_end, &highest, err) < 0)
    return -1;
  if (highest == 0)
    return fail(err, 0, "/proc/iomem shows no addresses of System RAM: root rights (CAP_SYS_ADMIN) are needed");
  *frames = highest / PAGE;
  if (*frames > HINT_FRAMES_MAX)
    return fail(err, 0, "RAM reaches up to frame %" PRIu64 ", hints can tell of %d (1 TiB)", *frames, HINT_FRAMES_MAX);
  return 0;
}
