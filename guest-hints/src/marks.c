#include "marks.h"
#include "../bpf/accessed.h"
#include "cleanup.h"
#include "kpageflags.h"

#include <errno.h>
#include <linux/kernel-page-flags.h>

enum
{
  AT_ONCE = 1024,
};

int
marks_begin(struct marks *marks, uint8_t **seen, struct error *err)
{
  marks->seen = calloc(marks->frames + ACCESSED_CHUNK, 1); // as the eBPF program's map, it may be read past its end
  if (marks->seen == NULL)
    return fail(err, ENOMEM, "a byte for each of %llu frames", (unsigned long long) marks->frames);
  *seen = marks->seen;
  return 0;
}

void
marks_end(struct marks *marks)
{
  free(marks->seen);
  marks->seen = NULL;
}

static uint8_t
mapping(uint64_t flags)
{
  if (!(flags & 1ULL << KPF_MMAP))
    return 0;
  return flags & (1ULL << KPF_THP | 1ULL << KPF_HUGE) ? FRAME_MAPPED | FRAME_MAPPED_HUGE : FRAME_MAPPED;
}

int
marks_walk(struct marks *marks, bool mapped, uint64_t all, bool (*accessed)(uint64_t frame), struct error *err)
{
  cleanup_close int fd = kpageflags_open(err);
  if (fd < 0)
    return -1;
  uint64_t flags[AT_ONCE];
  for (uint64_t first = 0; first < marks->frames; first += AT_ONCE)
    {
      uint64_t left = marks->frames - first;
      size_t count = left < AT_ONCE ? (size_t) left : AT_ONCE;
      if (kpageflags_read(fd, first, flags, count, err) < 0)
        return -1;
      for (size_t i = 0; i < count; i++)
        {
          if ((flags[i] & all) == all && (accessed == NULL || accessed(first + i)))
            marks->seen[first + i] |= FRAME_SEEN;
          if (mapped)
            marks->seen[first + i] |= mapping(flags[i]);
        }
    }
  return 0;
}
