#include "kpageflags.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kernel-page-flags.h>
#include <unistd.h>

int
kpageflags_open(struct error *err)
{
  int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
  return fd < 0 ? fail(err, errno, "/proc/kpageflags") : fd;
}

int
kpageflags_read(int fd, uint64_t first, uint64_t *flags, size_t count, struct error *err)
{
  ssize_t got = pread(fd, flags, count * sizeof *flags, (off_t) (first * sizeof *flags));
  if (got < 0)
    return fail(err, errno, "/proc/kpageflags, frame %llu", (unsigned long long) first);
  for (size_t i = (size_t) got / sizeof *flags; i < count; i++)
    flags[i] = 1ULL << KPF_NOPAGE;
  return 0;
}
