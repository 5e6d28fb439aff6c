#include "collector.h"
#include "../bpf/accessed.h"
#include "../bpf/free.h"
#include "cleanup.h"
#include "collector.skel.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

enum
{
  PAGE_BYTES = 4096,
  PAGES_PER_HUGE = 512,
};

struct collector
{
  struct collector_bpf *bpf;
  struct bpf_link *iterator, *reads, *writes;
  uint64_t frames; // or places of pages
  const struct page_run *runs; // where one process is watched
  size_t n_runs;
  uint8_t *seen; // during a snapshot: the map's memory
  char log[512]; // libbpf's first warning
};

static struct collector the_collector; // libbpf's print callback takes no context, so there is one

static int
keep_first_warning(enum libbpf_print_level level, const char *format, va_list args)
{
  if (level == LIBBPF_WARN && the_collector.log[0] == '\0')
    vsnprintf(the_collector.log, sizeof the_collector.log, format, args);
  return 0;
}

int
collector_check(struct error *err)
{
  if (access("/sys/kernel/btf/vmlinux", R_OK) < 0)
    return fail(err, 0, "the kernel does not describe its types (no /sys/kernel/btf/vmlinux): it needs "
                        "CONFIG_DEBUG_INFO_BTF");
  char lockdown[64] = "";
  cleanup_fclose FILE *file = fopen("/sys/kernel/security/lockdown", "re");
  if (file != NULL && fgets(lockdown, sizeof lockdown, file) != NULL && strstr(lockdown, "[confidentiality]") != NULL)
    return fail(err, 0, "kernel lockdown is at confidentiality, which forbids eBPF to read kernel memory: boot with "
                        "lockdown=integrity");
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

// The kernel's functions that file_access.bpf.c follows have come and gone.
static void
load_if_there(struct bpf_program *program, bool wanted, const char *function, enum bpf_attach_type type)
{
  bpf_program__set_autoload(program, wanted && libbpf_find_vmlinux_btf_id(function, type) > 0);
}

static int
find_kernel_memory(struct collector *collector, struct error *err)
{
  static uint64_t probe;
  if (getrandom(&probe, sizeof probe, 0) != sizeof probe)
    return fail(err, errno, "getrandom");
  collector->bpf->bss->probe_address = (uintptr_t) &probe;
  collector->bpf->bss->probe_value = probe;
  struct bpf_test_run_opts run = { .sz = sizeof run };
  if (bpf_prog_test_run_opts(bpf_program__fd(collector->bpf->progs.find_kernel_memory), &run) < 0)
    return fail(err, errno, "eBPF could not be run");
  if (run.retval != 0)
    return fail(err, 0, "the kernel's direct map was not found: its page tables cannot be read");
  return 0;
}

// Loads the programs for all processes, or for one that is to be watched.
static int
load(struct collector *collector, uint64_t frames, pid_t watched, struct error *err)
{
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
  bpf_map__set_max_entries(collector->bpf->maps.frames, (uint32_t) ((frames + ACCESSED_CHUNK - 1) / ACCESSED_CHUNK));
  bool all = watched == 0;
  bpf_program__set_autoload(collector->bpf->progs.find_free, all);
  load_if_there(collector->bpf->progs.note_read, all, "folio_mark_accessed", BPF_TRACE_FENTRY);
  load_if_there(collector->bpf->progs.note_write, all, "__filemap_get_folio", BPF_TRACE_FEXIT);
  int failure = collector_bpf__load(collector->bpf);
  if (failure == 0)
    {
      union bpf_iter_link_info of = { .task.tid = (uint32_t) watched };
      DECLARE_LIBBPF_OPTS(bpf_iter_attach_opts, options, .link_info = &of, .link_info_len = sizeof of);
      collector->iterator = bpf_program__attach_iter(collector->bpf->progs.walk_vma, watched == 0 ? NULL : &options);
      failure = collector->iterator == NULL ? -errno : 0;
    }
  if (failure < 0)
    {
      failed_to_load(collector, -failure, err);
      collector_unload(collector);
      return -1;
    }
  if (find_kernel_memory(collector, err) < 0)
    {
      collector_unload(collector);
      return -1;
    }
  return 0;
}

int
collector_load(struct collector **result, uint64_t frames, struct error *err)
{
  *result = &the_collector;
  return load(*result, frames, 0, err);
}

int
collector_watch(struct collector **result, pid_t process, struct page_run *runs, size_t n_runs, struct error *err)
{
  uint64_t places = 0;
  for (size_t i = 0; i < n_runs; i++)
    {
      // Whole huge pages have whole places: a page of 2 MiB is noted as one.
      uint64_t before = runs[i].address / PAGE_BYTES % PAGES_PER_HUGE, all = before + runs[i].pages;
      runs[i].place = places + before;
      places += (all + PAGES_PER_HUGE - 1) / PAGES_PER_HUGE * PAGES_PER_HUGE;
    }
  *result = &the_collector;
  (*result)->runs = runs;
  (*result)->n_runs = n_runs;
  return load(*result, places, process, err);
}

void
collector_unload(struct collector *collector)
{
  collector_forget_files(collector);
  bpf_link__destroy(collector->iterator);
  collector_bpf__destroy(collector->bpf);
  *collector = (struct collector){ 0 };
}

static size_t
mapped_size(const struct collector *collector)
{
  return (collector->frames + ACCESSED_CHUNK - 1) / ACCESSED_CHUNK * ACCESSED_CHUNK;
}

int
collector_begin(struct collector *collector, const uint8_t **result, struct error *err)
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

// Two windows share a clearing, so what is accessed in the first counts in the second too.
static uint8_t
bits_from(int window)
{
  return (uint8_t) (window % 2 == 0 ? 3 << window : 1 << window);
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
collector_walk(struct collector *collector, int window, bool mapped, struct buffer *accessing, struct error *err)
{
  collector->bpf->bss->window_bit = (uint8_t) (1 << window);
  collector->bpf->bss->mapped_bit = mapped ? FRAME_MAPPED : 0;
  accessing->size = 0;
  int result = collector->n_runs > 0 ? iterate_runs(collector, accessing, err) : iterate(collector, accessing, err);
  if (result < 0)
    return -1;
  if (collector->bpf->bss->file_access_bits != 0)
    collector->bpf->bss->file_access_bits = bits_from(window + 1);
  return 0;
}

static bool
attach(struct bpf_link **link, struct bpf_program *program)
{
  if (*link == NULL && bpf_program__autoload(program))
    *link = bpf_program__attach(program);
  return *link != NULL;
}

bool
collector_watch_files(struct collector *collector, uint8_t bits)
{
  struct collector_bpf__bss *shared = collector->bpf->bss;
  if (shared->memory_map == 0 || !attach(&collector->reads, collector->bpf->progs.note_read))
    return false;
  attach(&collector->writes, collector->bpf->progs.note_write);
  shared->file_access_bits = bits;
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
