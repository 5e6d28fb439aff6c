#include "accessed.h"
#include "../bpf/accessed.h"
#include "accessed.skel.h"
#include "cleanup.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

struct accessed
{
  struct accessed_bpf *bpf;
  struct bpf_link *iterator;
  uint64_t frames;
  uint8_t *windows; // while mapped
  char log[512];    // libbpf's first warning
};

static struct accessed the_accessed; // libbpf's print callback takes no context, so there is one

static int
keep_first_warning(enum libbpf_print_level level, const char *format, va_list args)
{
  if (level == LIBBPF_WARN && the_accessed.log[0] == '\0')
    vsnprintf(the_accessed.log, sizeof the_accessed.log, format, args);
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
failed_to_load(struct accessed *accessed, int errnum, struct error *err)
{
  fail(err, errnum, "eBPF could not be loaded");
  size_t used = strlen(err->message);
  if (accessed->log[0] != '\0')
    snprintf(err->message + used, sizeof err->message - used, " (%.*s)", (int) strcspn(accessed->log, "\n"),
             accessed->log);
  return -1;
}

int
accessed_load(struct accessed **result, uint64_t frames, struct error *err)
{
  struct accessed *accessed = &the_accessed;
  bool five_levels = false;
  if (has_five_levels(&five_levels, err) < 0)
    return -1;
  libbpf_set_print(keep_first_warning);
  accessed->bpf = accessed_bpf__open();
  if (accessed->bpf == NULL)
    return failed_to_load(accessed, errno, err);
  accessed->frames = frames;
  accessed->bpf->rodata->five_levels = five_levels;
  accessed->bpf->rodata->collector_tgid = (uint32_t) getpid();
  bpf_map__set_max_entries(accessed->bpf->maps.windows, (uint32_t) ((frames + ACCESSED_CHUNK - 1) / ACCESSED_CHUNK));
  int failure = accessed_bpf__load(accessed->bpf);
  if (failure == 0)
    {
      accessed->iterator = bpf_program__attach_iter(accessed->bpf->progs.walk_vma, NULL);
      failure = accessed->iterator == NULL ? -errno : 0;
    }
  if (failure < 0)
    {
      accessed_bpf__destroy(accessed->bpf);
      return failed_to_load(accessed, -failure, err);
    }
  *result = accessed;
  return 0;
}

static size_t
mapped_size(const struct accessed *accessed)
{
  return (accessed->frames + ACCESSED_CHUNK - 1) / ACCESSED_CHUNK * ACCESSED_CHUNK;
}

static int
map_windows(struct accessed *accessed, struct error *err)
{
  if (accessed->windows != NULL)
    return 0;
  void *windows = mmap(NULL, mapped_size(accessed), PROT_READ | PROT_WRITE, MAP_SHARED,
                       bpf_map__fd(accessed->bpf->maps.windows), 0);
  if (windows == MAP_FAILED)
    return fail(err, errno, "mapping the eBPF program's map");
  accessed->windows = windows;
  return 0;
}

int
accessed_reset(struct accessed *accessed, struct error *err)
{
  if (map_windows(accessed, err) < 0)
    return -1;
  memset(accessed->windows, 0, mapped_size(accessed));
  return 0;
}

int
accessed_walk(struct accessed *accessed, int window, struct error *err)
{
  accessed->bpf->bss->window_bit = (uint8_t) (1 << window);
  cleanup_close int fd = bpf_iter_create(bpf_link__fd(accessed->iterator));
  if (fd < 0)
    return fail(err, errno, "eBPF iterator");
  char nothing[4096]; // the program writes no output: reading is what runs it
  ssize_t got;
  do
    got = read(fd, nothing, sizeof nothing);
  while (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR)));
  if (got < 0)
    return fail(err, errno, "eBPF iterator");
  if (accessed->bpf->bss->direct_map == 0)
    return fail(err, 0, "the kernel's direct map was not found: its page tables cannot be read");
  return 0;
}

int
accessed_map(struct accessed *accessed, const uint8_t **windows, struct error *err)
{
  if (map_windows(accessed, err) < 0)
    return -1;
  *windows = accessed->windows;
  return 0;
}

void
accessed_unmap(struct accessed *accessed)
{
  if (accessed->windows != NULL)
    munmap(accessed->windows, mapped_size(accessed));
  accessed->windows = NULL;
}
