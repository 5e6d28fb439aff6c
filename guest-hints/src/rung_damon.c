// DAMON (Documentation/admin-guide/mm/damon/usage.rst) told to mark, of all memory, those pages as accessed whose page
// table entries have been since it looked last. /proc/kpageflags then shows that mark, page by page.
#include "cleanup.h"
#include "clear_refs.h"
#include "marks.h"
#include "ram.h"
#include "rung.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/kernel-page-flags.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#define ADMIN "/sys/kernel/mm/damon/admin/kdamonds"
#define CONTEXT "0/contexts/0"
#define SCHEME CONTEXT "/schemes/0"

enum
{
  PASS_MS = 20,           // how often DAMON applies a scheme, and we look whether it has
  PASSES_MAX = 20000 / PASS_MS,
};

static struct marks marks;
static uint64_t ram_bytes;

// Writes one of DAMON's files, whose path may have a number in it.
__attribute__((format(printf, 2, 3))) static int
set(struct error *err, const char *assignment, ...)
{
  char text[256], path[320];
  va_list args;
  va_start(args, assignment);
  vsnprintf(text, sizeof text, assignment, args);
  va_end(args);
  char *value = strchr(text, '=');
  *value++ = '\0';
  snprintf(path, sizeof path, ADMIN "/%s", text);
  cleanup_close int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, value, strlen(value)) < 0)
    return fail(err, errno, "DAMON: %s to %s", value, path);
  return 0;
}

static int
get(const char *file, uint64_t *value, struct error *err)
{
  char path[320];
  snprintf(path, sizeof path, ADMIN "/%s", file);
  cleanup_fclose FILE *from = fopen(path, "re");
  if (from == NULL || fscanf(from, "%" SCNu64, value) != 1)
    return fail(err, errno, "DAMON: %s", path);
  return 0;
}

struct regions
{
  int count;
  struct error *err;
};

static int
set_region(void *context, uint64_t start, uint64_t end)
{
  struct regions *regions = context;
  int i = regions->count++;
  ram_bytes += end - start;
  return set(regions->err, CONTEXT "/targets/0/regions/%d/start=%" PRIu64, i, start) < 0
             || set(regions->err, CONTEXT "/targets/0/regions/%d/end=%" PRIu64, i, end) < 0
           ? -1
           : 0;
}

static int
count_region(void *context, uint64_t start, uint64_t end)
{
  (void) start, (void) end;
  ++*(int *) context;
  return 0;
}

// All RAM, looked at as often as DAMON can.
static int
describe_memory(struct error *err)
{
  int count = 0;
  struct regions regions = { .err = err };
  ram_bytes = 0;
  if (set(err, "nr_kdamonds=1") < 0 || set(err, "0/contexts/nr_contexts=1") < 0
      || set(err, CONTEXT "/operations=paddr") < 0
      || set(err, CONTEXT "/monitoring_attrs/intervals/sample_us=%d", PASS_MS * 1000) < 0
      || set(err, CONTEXT "/monitoring_attrs/intervals/aggr_us=%d", PASS_MS * 1000) < 0
      || set(err, CONTEXT "/targets/nr_targets=1") < 0 || ram_ranges(count_region, &count, err) < 0
      || set(err, CONTEXT "/targets/0/regions/nr_regions=%d", count) < 0
      || ram_ranges(set_region, &regions, err) < 0)
    return -1;
  return 0;
}

// Of every region, whatever its size and heat, the young pages are marked as accessed. A filter leaves out what matches.
static int
describe_scheme(struct error *err)
{
  static const char *const most[] = { "sz", "nr_accesses", "age" };
  if (set(err, CONTEXT "/schemes/nr_schemes=1") < 0 || set(err, SCHEME "/action=lru_prio") < 0)
    return -1;
  for (size_t i = 0; i < sizeof most / sizeof *most; i++)
    if (set(err, SCHEME "/access_pattern/%s/min=0", most[i]) < 0
        || set(err, SCHEME "/access_pattern/%s/max=%s", most[i], i == 0 ? "18446744073709551615" : "4294967295") < 0)
      return -1;
  return set(err, SCHEME "/filters/nr_filters=1") < 0 || set(err, SCHEME "/filters/0/type=young") < 0
             || set(err, SCHEME "/filters/0/matching=N") < 0
           ? -1
           : 0;
}

static void
unload(void)
{
  struct error ignored;
  set(&ignored, "nr_kdamonds=0");
}

static int
pass(struct error *err)
{
  static const struct timespec rest = { .tv_nsec = PASS_MS * 1000000L };
  uint64_t tried = 0;
  if (set(err, "0/state=on") < 0)
    return -1;
  int result = 0;
  for (int i = 0; i < PASSES_MAX && tried < ram_bytes && result == 0; i++)
    {
      nanosleep(&rest, NULL);
      result = set(err, "0/state=update_schemes_stats") < 0 || get(SCHEME "/stats/sz_tried", &tried, err) < 0 ? -1 : 0;
    }
  struct error ignored;
  set(&ignored, "0/state=off");
  return result < 0 || tried >= ram_bytes ? result : fail(err, 0, "DAMON did not look at all memory in time");
}

static int
load(uint64_t frames, struct error *err)
{
  marks.frames = frames;
  if (access(ADMIN, W_OK) < 0)
    return fail(err, errno, ADMIN " (needs CONFIG_DAMON_PADDR and CONFIG_DAMON_SYSFS)");
  uint64_t others = 0;
  if (get("nr_kdamonds", &others, err) < 0)
    return -1;
  if (others > 0)
    return fail(err, 0, "somebody else uses DAMON");
  if (describe_memory(err) < 0 || describe_scheme(err) < 0 || pass(err) < 0)
    {
      unload();
      return -1;
    }
  return 0;
}

static int
begin(uint8_t **seen, struct error *err)
{
  return marks_begin(&marks, seen, err);
}

static int
clear(bool first, struct error *err)
{
  // A page that DAMON never looked at counts as accessed: so it must look at all once.
  if (first && pass(err) < 0)
    return -1;
  return clear_refs_of_all(err); // both the entries' bits and the mark
}

static int
walk(bool mapped, struct error *err)
{
  return pass(err) < 0 ? -1 : marks_walk(&marks, mapped, 1ULL << KPF_REFERENCED | 1ULL << KPF_MMAP, NULL, err);
}

static void
end(void)
{
  marks_end(&marks);
}

const struct rung rung_damon = {
  .name = "damon",
  .hints = "exact hints, slower: from DAMON's look at all page tables",
  .load = load,
  .unload = unload,
  .begin = begin,
  .clear = clear,
  .walk = walk,
  .end = end,
};
