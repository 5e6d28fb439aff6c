#include "clear_refs.h"
#include "cleanup.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>

static int
clear_refs(const char *tgid, struct error *err)
{
  char path[sizeof ((struct dirent *) NULL)->d_name + 32];
  snprintf(path, sizeof path, "/proc/%s/clear_refs", tgid);
  cleanup_close int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 && errno != ENOENT && errno != ESRCH)
    return fail(err, errno, "%s", path);
  if (fd >= 0 && write(fd, "1", 1) < 0 && errno != ESRCH)
    return fail(err, errno, "%s", path);
  return 0;
}

int
clear_refs_of_all(struct error *err)
{
  cleanup_closedir DIR *proc = opendir("/proc");
  if (proc == NULL)
    return fail(err, errno, "/proc");
  struct dirent *entry;
  while ((entry = readdir(proc)) != NULL)
    if (isdigit((unsigned char) entry->d_name[0]) && clear_refs(entry->d_name, err) < 0)
      return -1;
  return 0;
}

int
clear_refs_of(const struct buffer *tgids, struct error *err)
{
  for (size_t at = 0; at < tgids->size; at += 4)
    {
      char tgid[16];
      snprintf(tgid, sizeof tgid, "%u", get_u32(tgids->data + at));
      if (clear_refs(tgid, err) < 0)
        return -1;
    }
  return 0;
}

int
clear_refs_of_process(pid_t process, struct error *err)
{
  char tgid[16];
  snprintf(tgid, sizeof tgid, "%d", process);
  return clear_refs(tgid, err);
}
