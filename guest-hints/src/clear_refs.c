#include "clear_refs.h"
#include "cleanup.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>

int
clear_refs(struct error *err)
{
  cleanup_closedir DIR *proc = opendir("/proc");
  if (proc == NULL)
    return fail(err, errno, "/proc");
  struct dirent *entry;
  while ((entry = readdir(proc)) != NULL)
    {
      if (!isdigit((unsigned char) entry->d_name[0]))
        continue;
      char path[sizeof entry->d_name + 16];
      snprintf(path, sizeof path, "%s/clear_refs", entry->d_name);
      cleanup_close int fd = openat(dirfd(proc), path, O_WRONLY | O_CLOEXEC);
      if (fd < 0 && errno != ENOENT && errno != ESRCH)
        return fail(err, errno, "/proc/%s", path);
      if (fd >= 0 && write(fd, "1", 1) < 0 && errno != ESRCH)
        return fail(err, errno, "/proc/%s", path);
    }
  return 0;
}
