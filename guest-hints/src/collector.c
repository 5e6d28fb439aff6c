#include "cleanup.h"
#include "collector_state.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t
mapped_size(const struct collector *collector)
{
  return (collector->frames + ACCESSED_CHUNK - 1) / ACCESSED_CHUNK * ACCESSED_CHUNK;
}

int
collector_begin(struct collector *collector, uint8_t **result, struct error *err)
{
  void *seen = mmap(NULL, mapped_size(collector), PROT_READ | PROT_WRITE, MAP_SHARED,
                    bpf_map__fd(collector->bpf->maps.frames), 0);
  if (seen == MAP_FAILED)
    return fail(err, errno, "mapping the eBPF program's map");
  collector->seen = memset(seen, 0, mapped_size(collector));
  *result = collector->seen;
  return 0;
}

// The program writes a process's number once for each of its memory areas that was accessed, in one go.
static int
add_processes(struct buffer *accessing, const uint32_t *tgids, size_t count, struct error *err)
{
  if (buffer_reserve(accessing, count * sizeof *tgids, err) < 0)
    return -1;
  for (size_t i = 0; i < count; i++)
    if (accessing->size == 0 || get_u32(accessing->data + accessing->size - sizeof *tgids) != tgids[i])
      put_u32(accessing, tgids[i]);
  return 0;
}

// Lets the program run over all VMAs.
static int
iterate(struct collector *collector, struct buffer *accessing, struct error *err)
{
  cleanup_close int fd = bpf_iter_create(bpf_link__fd(collector->iterator));
  if (fd < 0)
    return fail(err, errno, "eBPF iterator");
  uint32_t tgids[1024];
  ssize_t got;
  do
    {
      got = read(fd, tgids, sizeof tgids); // runs the program
      if (got > 0 && add_processes(accessing, tgids, (size_t) got / sizeof *tgids, err) < 0)
        return -1;
    }
  while (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR)));
  return got < 0 ? fail(err, errno, "eBPF iterator") : 0;
}

static int
iterate_runs(struct collector *collector, struct buffer *accessing, struct error *err)
{
  struct collector_bpf__bss *shared = collector->bpf->bss;
  shared->first_tgid = 0;
  for (size_t i = 0; i < collector->n_runs; i++)
    {
      const struct page_run *run = &collector->runs[i];
      shared->watched_start = run->address;
      shared->watched_end = run->address + run->pages * PAGE_BYTES;
      shared->watched_place = run->place / PAGES_PER_HUGE * PAGES_PER_HUGE;
      if (iterate(collector, accessing, err) < 0)
        return -1;
    }
  if (shared->met_others)
    return fail(err, 0, "the kernel cannot look at one process alone: it needs Linux 6.1 or newer");
  if (shared->first_tgid == 0)
    return fail(err, 0, "the process that is watched has ended");
  return 0;
}

int
collector_walk(struct collector *collector, bool mapped, struct buffer *accessing, struct error *err)
{
  collector->bpf->bss->mapped_bit = mapped ? FRAME_MAPPED : 0;
  accessing->size = 0;
  int result = collector->n_runs > 0 ? iterate_runs(collector, accessing, err) : iterate(collector, accessing, err);
  if (collector->bpf->bss->file_access_bits != 0)
    collector->bpf->bss->file_access_bits = FRAME_SEEN;
  return result;
}

static bool
attach(struct bpf_link **link, struct bpf_program *program)
{
  if (*link == NULL && bpf_program__autoload(program))
    *link = bpf_program__attach(program);
  return *link != NULL;
}

bool
collector_watch_files(struct collector *collector, int windows)
{
  struct collector_bpf__bss *shared = collector->bpf->bss;
  if (shared->memory_map == 0 || !attach(&collector->reads, collector->bpf->progs.note_read))
    return false;
  attach(&collector->writes, collector->bpf->progs.note_write);
  shared->file_access_bits = (uint8_t) (FRAME_SEEN | (windows == 1 ? 1 : 0)); // a heat of 1, which it has or now gets
  return true;
}

void
collector_forget_files(struct collector *collector)
{
  bpf_link__destroy(collector->reads);
  bpf_link__destroy(collector->writes);
  collector->reads = collector->writes = NULL;
}

// Looks at the frames asked for; false where the kernel does not show what is free.
static bool
run_find_free(struct collector *collector)
{
  struct bpf_test_run_opts run = { .sz = sizeof run };
  return bpf_prog_test_run_opts(bpf_program__fd(collector->bpf->progs.find_free), &run) == 0 && run.retval == 0;
}

void
collector_find_free(struct collector *collector, const uint32_t *frames, size_t count,
                    void (*found)(void *context, uint32_t frame), void *context)
{
  struct collector_bpf__bss *shared = collector->bpf->bss;
  for (size_t done = 0; done < count; done += shared->asked)
    {
      shared->asked = (uint32_t) (count - done < FREE_AT_ONCE ? count - done : FREE_AT_ONCE);
      memcpy(shared->frame, frames + done, shared->asked * sizeof *frames);
      if (!run_find_free(collector))
        return;
      for (uint32_t i = 0; i < shared->asked; i++)
        if (shared->is_free[i])
          found(context, shared->frame[i]);
    }
}

uint32_t
collector_free_block(struct collector *collector, uint32_t frame)
{
  struct collector_bpf__bss *shared = collector->bpf->bss;
  shared->asked = 1;
  shared->frame[0] = frame;
  bool known = run_find_free(collector) && shared->is_free[0] && shared->order[0] <= FREE_ORDER_MAX;
  return known ? 1U << shared->order[0] : 1;
}

void
collector_end(struct collector *collector)
{
  collector->bpf->bss->file_access_bits = 0;
  if (collector->seen != NULL)
    munmap(collector->seen, mapped_size(collector));
  collector->seen = NULL;
}
