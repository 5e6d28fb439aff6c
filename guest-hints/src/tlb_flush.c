#include "tlb_flush.h"
#include "cpu.h"
#include "windows.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void
visit(int cpu)
{
  size_t size = CPU_ALLOC_SIZE(cpu + 1);
  cpu_set_t *set = CPU_ALLOC(cpu + 1);
  if (set == NULL)
    return;
  CPU_ZERO_S(size, set);
  CPU_SET_S(cpu, size, set);
  sched_setaffinity(0, size, set); // returns on that CPU; fails for one that is offline
  CPU_FREE(set);
}

static _Noreturn void
visitor(int channel)
{
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // Without the right to real-time priority a visit only takes longer.
  sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){ .sched_priority = 1 });
  int cpus = (int) sysconf(_SC_NPROCESSORS_CONF);
  char byte;
  while (read(channel, &byte, 1) == 1)
    {
      for (int cpu = 0; cpu < cpus; cpu++)
        visit(cpu);
      if (write(channel, &byte, 1) != 1)
        break;
    }
  _exit(0);
}

static int visitors; // that it takes; 0: not known yet

static int
count_visitors(struct error *err)
{
  bool identifiers = true;
#ifdef __x86_64__
  if (cpu_has("pcid", &identifiers, err) < 0)
    return -1;
#else
  (void) err;
#endif
  visitors = identifiers ? TLB_VISITORS_MAX : 1;
  return 0;
}

int
tlb_flush_begin(struct tlb_flush *flush, struct error *err)
{
  flush->started = 0;
  if (visitors == 0 && count_visitors(err) < 0)
    return -1;
  while (flush->started < visitors)
    {
      int ends[2];
      if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return fail(err, errno, "socketpair");
      pid_t pid = fork();
      if (pid == 0)
        {
          for (int i = 0; i < flush->started; i++)
            close(flush->channel[i]);
          close(ends[0]);
          visitor(ends[1]);
        }
      close(ends[1]);
      if (pid < 0)
        {
          close(ends[0]);
          return fail(err, errno, "fork");
        }
      flush->visitor[flush->started] = pid;
      flush->channel[flush->started++] = ends[0];
    }
  return 0;
}

// Returns 1 when the visitor has ended this round, 0 when it has not until `end`.
static int
await(const struct tlb_flush *flush, int channel, uint64_t end, struct error *err)
{
  unsigned char round = (unsigned char) (flush->round - 1);
  while (round != flush->round)
    {
      struct pollfd answer = { .fd = channel, .events = POLLIN };
      uint64_t now = clock_ms(CLOCK_MONOTONIC);
      int ready = poll(&answer, 1, now < end ? (int) (end - now) : 0);
      if (ready == 0)
        return 0;
      if (ready == 1 && read(channel, &round, 1) != 1)
        return fail(err, 0, "TLB flush: a visitor ended");
    }
  return 1;
}

int
tlb_flush(struct tlb_flush *flush, int wait_ms, struct error *err)
{
  uint64_t end = clock_ms(CLOCK_MONOTONIC) + (uint64_t) wait_ms;
  flush->round++;
  for (int i = 0; i < flush->started; i++)
    if (send(flush->channel[i], &flush->round, 1, MSG_NOSIGNAL) != 1)
      return fail(err, errno, "TLB flush: a visitor is gone");
  for (int i = 0; i < flush->started; i++)
    if (await(flush, flush->channel[i], end, err) < 0)
      return -1;
  return 0;
}

void
tlb_flush_end(struct tlb_flush *flush)
{
  for (int i = 0; i < flush->started; i++)
    close(flush->channel[i]);
  for (int i = 0; i < flush->started; i++)
    {
      kill(flush->visitor[i], SIGKILL);
      waitpid(flush->visitor[i], NULL, 0);
    }
  flush->started = 0;
}
