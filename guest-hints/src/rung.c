#include "rung.h"

#include <stdio.h>
#include <string.h>

static const struct rung *const ladder[] = { &rung_ebpf, &rung_idle, &rung_damon, &rung_areas, NULL };

int
rung_choose(const struct rung **chosen, uint64_t frames, char *reasons, size_t size, struct error *err)
{
  reasons[0] = '\0';
  for (const struct rung *const *rung = ladder; *rung != NULL; rung++)
    {
      if ((*rung)->load(frames, err) == 0)
        {
          *chosen = *rung;
          return 0;
        }
      size_t used = strlen(reasons);
      snprintf(reasons + used, size - used, "not %s: %s\n", (*rung)->name, err->message);
    }
  return -1;
}
