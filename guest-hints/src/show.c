#include "show.h"
#include "hint_set.h"

#include <inttypes.h>
#include <time.h>

static int
show_section(void *context, const struct hint_section *section, struct error *err)
{
  (void) err;
  fprintf(context, "%-7s %4u %9u %8.1f  %u..%u\n", hint_class_name(section->class), section->heat, section->pages,
          section->pages / 256.0, section->first, section->last);
  return 0;
}

int
show(FILE *in, FILE *out, struct error *err)
{
  cleanup_buffer struct buffer set = { 0 };
  struct hint_info info;
  fprintf(out, "class   heat     pages      MiB  frames\n");
  if (buffer_read_file(&set, in, HINT_BYTES_MAX, err) < 0
      || hint_set_read(set.data, set.size, &info, show_section, out, err) < 0)
    return -1;
  char taken[32] = "?";
  time_t seconds = (time_t) (info.taken_ms / 1000);
  struct tm utc;
  if (gmtime_r(&seconds, &utc) != NULL)
    strftime(taken, sizeof taken, "%Y-%m-%dT%H:%M:%SZ", &utc);
  fprintf(out, "taken %s in %u ms by %u windows; frames below %" PRIu64 "; %zu bytes\n", taken, info.collect_ms,
          info.windows, info.frames, set.size);
  return 0;
}
