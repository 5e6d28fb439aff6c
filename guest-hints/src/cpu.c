#include "cpu.h"
#include "cleanup.h"

#include <errno.h>
#include <string.h>

int
cpu_has(const char *flag, bool *has, struct error *err)
{
  cleanup_fclose FILE *file = fopen("/proc/cpuinfo", "re");
  if (file == NULL)
    return fail(err, errno, "/proc/cpuinfo");
  cleanup_free char *line = NULL;
  size_t size = 0;
  *has = false;
  while (getline(&line, &size, file) > 0)
    if (strncmp(line, "flags", 5) == 0)
      {
        char *rest;
        for (char *word = strtok_r(line, " \n", &rest); word != NULL && !*has; word = strtok_r(NULL, " \n", &rest))
          *has = strcmp(word, flag) == 0;
        break;
      }
  return 0;
}
