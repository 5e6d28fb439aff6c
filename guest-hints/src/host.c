// hotfoot-host-hints: a VM's hints without help of its guest. Runs on the node, started by its agent, and looks at the
// accessed bits of the guest's memory as the VM's QEMU has it mapped.
//
// These tell all that the guest accesses only where QEMU emulates the CPU. Under KVM the CPU has page tables of its own
// for the guest, which clear_refs leaves alone: the agent does not ask then.
#include "cleanup.h"
#include "host_look.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>

enum
{
  EXIT_USAGE = 2,
  RUNS_MAX = 1024,
  FIRST_RUN = 5,    // among the arguments
  LOOK_SECONDS = 60, // whoever started it may have died
};

static const char usage[] =
  "usage: hotfoot-host-hints look PID FRAMES WINDOW_MS GFN:PAGES:ADDRESS...\n"
  "         watches the guest's memory in process PID and writes a hint set to standard output. FRAMES: the guest's\n"
  "         frame numbers are all below. WINDOW_MS: 1 to 1000, or 0 for 5. Then where its memory is: first frame,\n"
  "         pages, and address in hexadecimal; in ascending order of frames\n"
  "       hotfoot-host-hints check    says why that cannot be done here, if so\n"
  "Exits with 0; 1 when it failed; 2 when called wrongly.\n";

// Reads a whole word as a number up to `max`.
static bool
read_number(const char *word, char end, int base, uint64_t max, uint64_t *number, const char **after)
{
  char *stop;
  errno = 0;
  *number = strtoull(word, &stop, base);
  if (stop == word || *stop != end || errno != 0 || *word == '-' || *number > max)
    return false;
  *after = end == '\0' ? stop : stop + 1;
  return true;
}

static bool
read_run(const char *word, struct host_run *run)
{
  const char *rest;
  return read_number(word, ':', 10, HINT_FRAMES_MAX, &run->frame, &rest)
         && read_number(rest, ':', 10, HINT_FRAMES_MAX, &run->pages, &rest)
         && read_number(rest, '\0', 16, 1ULL << 56, &run->address, &rest);
}

static bool
read_words(int argc, char **argv, struct host_vm *vm, struct host_run *runs)
{
  uint64_t pid, window_ms;
  const char *rest;
  if (argc <= FIRST_RUN || argc - FIRST_RUN > RUNS_MAX || !read_number(argv[2], '\0', 10, 1 << 30, &pid, &rest)
      || !read_number(argv[3], '\0', 10, HINT_FRAMES_MAX, &vm->frames, &rest)
      || !read_number(argv[4], '\0', 10, WINDOW_MS_MAX, &window_ms, &rest))
    return false;
  vm->process = (pid_t) pid;
  vm->window_ms = window_ms == 0 ? WINDOW_MS_DEFAULT : (uint32_t) window_ms;
  vm->runs = runs;
  vm->n_runs = (size_t) (argc - FIRST_RUN);
  uint64_t end = 0;
  for (size_t i = 0; i < vm->n_runs; i++)
    {
      if (!read_run(argv[FIRST_RUN + i], &runs[i]) || runs[i].frame < end || runs[i].pages == 0
          || runs[i].address % 4096 != 0)
        return false;
      end = runs[i].frame + runs[i].pages;
    }
  return pid > 0 && end <= vm->frames;
}

static int
complain(const struct error *err)
{
  fprintf(stderr, "hotfoot-host-hints: %s\n", err->message);
  return EXIT_FAILURE;
}

static int
look(const struct host_vm *vm)
{
  struct error err;
  cleanup_buffer struct buffer set = { 0 };
  alarm(LOOK_SECONDS);
  // What runs for long in it runs between two windows, ahead of the workload. Without the right it only takes longer.
  setpriority(PRIO_PROCESS, 0, -10);
  if (host_look(vm, &set, &err) < 0)
    return complain(&err);
  if (fwrite(set.data, 1, set.size, stdout) != set.size || fflush(stdout) != 0)
    {
      fail(&err, errno, "standard output");
      return complain(&err);
    }
  return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
  struct error err;
  static struct host_run runs[RUNS_MAX];
  struct host_vm vm;
  if (argc == 2 && strcmp(argv[1], "check") == 0)
    return host_check(&err) < 0 ? complain(&err) : EXIT_SUCCESS;
  if (argc > 2 && strcmp(argv[1], "look") == 0 && read_words(argc, argv, &vm, runs))
    return look(&vm);
  fputs(usage, stderr);
  return EXIT_USAGE;
}
