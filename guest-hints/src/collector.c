#include "collector.h"
#include "../bpf/accessed.h"
#include "../bpf/free.h"
#include "cleanup.h"
#include "collector.skel.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

struct collector
{
  struct collector_bpf *bpf;
  struct bpf_link *iterator;
  uint64_t frames;
  uint8_t *windows; // during a snapshot
  char log[512];    // libbpf's first warning
};

static struct collector the_collector; // libbpf's print callback takes no context, so there is one

static int
keep_first_warning(enum libbpf_print_level level, const char *format, va_list args)
{
  if (level == LIBBPF_WARN && the_collector.log[0] == '\0')
    vsnprintf(the_collector.log, sizeof the_collector.log, format, args);
  return 0;
}

// Sets *five where the kernel uses five-level page tables: only then x86 says la57 in /proc/cpuinfo.
static int
has_five_levels(bool *five, struct error *err)
{
  cleanup_fclose FILE *file = fopen("/proc/cpuinfo", "re");
  if (file == NULL)
    return fail(err, errno, "/proc/cpuinfo");
  cleanup_free char *line = NULL;
  size_t size = 0;
  while (getline(&line, &size, file) > 0)
    if (strncmp(line, "flags", 5) == 0)
      {
        *five = strstr(line, " la57") != NULL;
        break;
      }
  return 0;
}

static int
failed_to_load(struct collector *collector, int errnum, struct error *err)
{
  fail(err, errnum, "eBPF could not be loaded");
  size_t used = strlen(err->message);
  if (collector->log[0] != '\0')
    snprintf(err->message + used, sizeof err->message - used, " (%.*s)", (int) strcspn(collector->log, "\n"),
             collector->log);
  return -1;
}

int
collector_load(struct collector **result, uint64_t frames, struct error *err)
{
  struct collector *collector = &the_collector;
  bool five_levels = false;
  if (has_five_levels(&five_levels, err) < 0)
    return -1;
  libbpf_set_print(keep_first_warning);
  collector->bpf = collector_bpf__open();
  if (collector->bpf == NULL)
    return failed_to_load(collector, errno, err);
  collector->frames = frames;
  collector->bpf->rodata->five_levels = five_levels;
  collector->bpf->rodata->collector_tgid = (uint32_t) getpid();
  bpf_map__set_max_entries(collector->bpf->maps.windows, (uint32_t) ((frames + ACCESSED_CHUNK - 1) / ACCESSED_CHUNK));
  int failure = collector_bpf__load(collector->bpf);
  if (failure == 0)
    {
      collector->iterator = bpf_program__attach_iter(collector->bpf->progs.walk_vma, NULL);
      failure = collector->iterator == NULL ? -errno : 0;
    }
  if (failure < 0)
    {
      collector_bpf__destroy(collector->bpf);
      return failed_to_load(collector, -failure, err);
    }
  *result = collector;
  return 0;
}

static size_t
mapped_size(const struct collector *collector)
{
  return (collector->frames + ACCESSED_CHUNK - 1) / ACCESSED_CHUNK * ACCESSED_CHUNK;
}

int
collector_begin(struct collector *collector, const uint8_t **result, struct error *err)
{
  void *windows = mmap(NULL, mapped_size(collector), PROT_READ | PROT_WRITE, MAP_SHARED,
                       bpf_map__fd(collector->bpf->maps.windows), 0);
  if (windows == MAP_FAILED)
    return fail(err, errno, "mapping the eBPF program's map");
  collector->windows = memset(windows, 0, mapped_size(collector));
  *result = collector->windows;
  return 0;
}

int
collector_walk(struct collector *collector, int window, struct error *err)
{
  collector->bpf->bss->window_bit = (uint8_t) (1 << window);
  cleanup_close int fd = bpf_iter_create(bpf_link__fd(collector->iterator));
  if (fd < 0)
    return fail(err, errno, "eBPF iterator");
  char nothing[4096]; // the program writes no output: reading is what runs it
  ssize_t got;
  do
    got = read(fd, nothing, sizeof nothing);
  while (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR)));
  if (got < 0)
    return fail(err, errno, "eBPF iterator");
  if (collector->bpf->bss->direct_map == 0)
    return fail(err, 0, "the kernel's direct map was not found: its page tables cannot be read");
  return 0;
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
      struct bpf_test_run_opts run = { .sz = sizeof run };
      if (bpf_prog_test_run_opts(bpf_program__fd(collector->bpf->progs.find_free), &run) < 0 || run.retval != 0)
        return;
      for (uint32_t i = 0; i < shared->asked; i++)
        if (shared->is_free[i])
          found(context, shared->frame[i]);
    }
}

void
collector_end(struct collector *collector)
{
  if (collector->windows != NULL)
    munmap(collector->windows, mapped_size(collector));
  collector->windows = NULL;
}
