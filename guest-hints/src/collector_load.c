// Loading the programs, and what they need of the kernel.
#include "cleanup.h"
#include "collector_state.h"
#include "cpu.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

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
  if (cpu_has("la57", &five_levels, err) < 0) // said only where the kernel uses five-level page tables
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
