// Idle page tracking (Documentation/admin-guide/mm/idle_page_tracking.rst): a bit for each frame, which the kernel
// clears when the page turns out to have been accessed, by page tables or by system calls.
#include "cleanup.h"
#include "marks.h"
#include "rung.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kernel-page-flags.h>
#include <string.h>

#define BITMAP "/sys/kernel/mm/page_idle/bitmap"

enum
{
  WORD_FRAMES = 64, // the file is read and written in such words
};

static struct marks marks;
static uint64_t *idle; // a bit for each frame

static size_t
bitmap_bytes(void)
{
  return (marks.frames + WORD_FRAMES - 1) / WORD_FRAMES * sizeof *idle;
}

static int
load(uint64_t frames, struct error *err)
{
  marks.frames = frames;
  cleanup_close int fd = open(BITMAP, O_RDWR | O_CLOEXEC);
  return fd < 0 ? fail(err, errno, BITMAP " (needs CONFIG_IDLE_PAGE_TRACKING)") : 0;
}

static void
unload(void)
{
}

static int
begin(uint8_t **seen, struct error *err)
{
  idle = malloc(bitmap_bytes());
  return idle == NULL ? fail(err, ENOMEM, "the idle page bitmap") : marks_begin(&marks, seen, err);
}

// Both stop at the end of memory, which may come before the last word that was asked for.
static int
clear(bool first, struct error *err)
{
  (void) first;
  cleanup_close int fd = open(BITMAP, O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return fail(err, errno, BITMAP);
  memset(idle, 0xff, bitmap_bytes());
  return pwrite(fd, idle, bitmap_bytes(), 0) < 0 ? fail(err, errno, BITMAP) : 0;
}

static bool
is_not_idle(uint64_t frame)
{
  return !(idle[frame / WORD_FRAMES] >> frame % WORD_FRAMES & 1);
}

static int
walk(bool mapped, struct error *err)
{
  cleanup_close int fd = open(BITMAP, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return fail(err, errno, BITMAP);
  memset(idle, 0xff, bitmap_bytes());
  if (pread(fd, idle, bitmap_bytes(), 0) < 0)
    return fail(err, errno, BITMAP);
  // The bits of other than such pages are never set.
  return marks_walk(&marks, mapped, 1ULL << KPF_LRU, is_not_idle, err);
}

static void
end(void)
{
  free(idle);
  idle = NULL;
  marks_end(&marks);
}

static bool
watch_files(void)
{
  return true; // the bitmap tells of them anyway
}

const struct rung rung_idle = {
  .name = "idle",
  .hints = "exact hints, from the kernel's idle page tracking",
  .load = load,
  .unload = unload,
  .begin = begin,
  .clear = clear,
  .walk = walk,
  .end = end,
  .watch_files = watch_files,
};
