// The last rung, which every kernel has that shows /proc/PID/smaps and pagemap: memory areas of which some page was
// accessed. Which page, nobody says, so all that is there of the area is hinted.
#include "../bpf/accessed.h"
#include "cleanup.h"
#include "clear_refs.h"
#include "marks.h"
#include "rung.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#define PAGEMAP_PRESENT (1ULL << 63) // Documentation/admin-guide/mm/pagemap.rst
#define PAGEMAP_FRAME ((1ULL << 55) - 1)

enum
{
  AT_ONCE = 512,
};

static struct marks marks;

static int
load(uint64_t frames, struct error *err)
{
  marks.frames = frames;
  if (access("/proc/self/clear_refs", W_OK) < 0 || access("/proc/self/pagemap", R_OK) < 0
      || access("/proc/kpageflags", R_OK) < 0)
    return fail(err, errno, "/proc/PID/clear_refs, /proc/PID/pagemap or /proc/kpageflags (needs CONFIG_PROC_PAGE_MONITOR)");
  return 0;
}

static void
unload(void)
{
}

static int
begin(uint8_t **seen, struct error *err)
{
  return marks_begin(&marks, seen, err);
}

static int
clear(bool first, struct error *err)
{
  (void) first;
  return clear_refs_of_all(err);
}

static void
note_area(int pagemap, uint64_t start, uint64_t end, uint8_t bits)
{
  uint64_t entries[AT_ONCE];
  for (uint64_t page = start / 4096; page < end / 4096; page += AT_ONCE)
    {
      uint64_t left = end / 4096 - page;
      ssize_t got = pread(pagemap, entries, (left < AT_ONCE ? left : AT_ONCE) * sizeof *entries,
                          (off_t) (page * sizeof *entries));
      for (ssize_t i = 0; i < got / (ssize_t) sizeof *entries; i++)
        if (entries[i] & PAGEMAP_PRESENT && (entries[i] & PAGEMAP_FRAME) < marks.frames)
          marks.seen[entries[i] & PAGEMAP_FRAME] |= bits;
    }
}

// A process that ends meanwhile has no areas any more.
static void
note_process(const char *tgid, uint8_t bits)
{
  char path[300];
  snprintf(path, sizeof path, "/proc/%s/pagemap", tgid);
  cleanup_close int pagemap = open(path, O_RDONLY | O_CLOEXEC);
  snprintf(path, sizeof path, "/proc/%s/smaps", tgid);
  cleanup_fclose FILE *smaps = fopen(path, "re");
  cleanup_free char *line = NULL;
  size_t size = 0;
  uint64_t start = 0, end = 0, kilobytes;
  while (pagemap >= 0 && smaps != NULL && getline(&line, &size, smaps) > 0)
    if (sscanf(line, "Referenced: %" SCNu64 " kB", &kilobytes) == 1)
      {
        if (kilobytes > 0)
          note_area(pagemap, start, end, bits);
      }
    else if (!isupper((unsigned char) line[0])) // fields are capitalized
      sscanf(line, "%" SCNx64 "-%" SCNx64, &start, &end);
}

static int
walk(bool mapped, struct error *err)
{
  cleanup_closedir DIR *proc = opendir("/proc");
  if (proc == NULL)
    return fail(err, errno, "/proc");
  struct dirent *entry;
  while ((entry = readdir(proc)) != NULL)
    if (isdigit((unsigned char) entry->d_name[0]) && strtol(entry->d_name, NULL, 10) != getpid())
      note_process(entry->d_name, (uint8_t) (FRAME_SEEN | (mapped ? FRAME_MAPPED : 0)));
  return 0;
}

static void
end(void)
{
  marks_end(&marks);
}

const struct rung rung_areas = {
  .name = "areas",
  .hints = "coarse hints, whole memory areas of which some page was accessed",
  .coarse = true,
  .load = load,
  .unload = unload,
  .begin = begin,
  .clear = clear,
  .walk = walk,
  .end = end,
};
