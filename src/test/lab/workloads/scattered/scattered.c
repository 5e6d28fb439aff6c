// A busy guest: counts in random places of a hot set whose pages lie scattered among cold ones, one page in ten.
//
// Requests come at a steady rate, well below what the guest could serve, as a server's do; those that are not served
// within their 10 ms are lost. Its throughput so tells how well the guest runs, and not how fast the machine under it
// happens to be at that moment.
//
// Prints `<ms since start> <operations so far>` ten times a second. Checks its own memory when asked (ask.c): cold pages
// hold a pattern; each hot page counts its operations twice, in a random word and in its first.
// Taken from the environment: the sizes hot (64) and cold (600) in MiB, and rate (300000), requests a second.
#include "pattern.h"
#include "question.h"

#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum
{
  BATCH = 64, // requests between looks at the clock
  SLICE_NS = 10000000,
  SLICES = 100, // a second
  WORK = 256, // random numbers to draw for each: what a server computes for a request. Without it the machine's memory
              // bus is what is measured, and others use that too
};

struct region
{
  uint64_t *words;
  size_t pages;
};

struct question
{
  char word[16];
  FILE *answer;
};

static struct region hot, cold;
static struct timespec start;
static _Atomic uint64_t operations;
static struct question *_Atomic mailbox; // a question that the worker has yet to answer

static uint64_t
next_random(void)
{
  static uint64_t state = 88172645463325252ULL; // xorshift64, Marsaglia 2003
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

static uint64_t *
page_of(const struct region *region, size_t i)
{
  return region->words + i * PAGE_WORDS;
}

static long
setting(const char *name, long usual)
{
  const char *text = getenv(name);
  long number = text != NULL ? atol(text) : usual;
  if (number < 1)
    errx(1, "%s=%s: expected a number from 1 on", name, text);
  return number;
}

static struct region
allocate(long mib)
{
  struct region region = { .pages = (size_t) mib << 8 };
  void *memory = mmap(NULL, region.pages * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED || madvise(memory, region.pages * PAGE_BYTES, MADV_NOHUGEPAGE) < 0)
    err(1, "%ld MiB", mib);
  region.words = memory;
  return region;
}

// Touches pages for the first time in an order that scatters the hot ones evenly over physical memory.
static void
populate(void)
{
  size_t next_hot = 0;
  for (size_t i = 0; i < cold.pages; i++)
    {
      pattern_fill(page_of(&cold, i), i);
      for (; next_hot * cold.pages <= i * hot.pages && next_hot < hot.pages; next_hot++)
        memset(page_of(&hot, next_hot), 0, PAGE_BYTES);
    }
  for (; next_hot < hot.pages; next_hot++)
    memset(page_of(&hot, next_hot), 0, PAGE_BYTES);
}

static void
operate(void)
{
  uint64_t random = 0;
  for (int i = 0; i < WORK; i++)
    random = next_random();
  uint64_t *page = page_of(&hot, (random >> 16) % hot.pages);
  page[1 + random % (PAGE_WORDS - 1)]++;
  page[0]++;
}

static bool
hot_page_holds(const uint64_t *page)
{
  uint64_t sum = 0;
  for (unsigned i = 1; i < PAGE_WORDS; i++)
    sum += page[i];
  return sum == page[0];
}

static void
check(FILE *answer)
{
  size_t bad = 0;
  uint64_t counted = 0;
  for (size_t i = 0; i < cold.pages; i++)
    bad += !pattern_holds(page_of(&cold, i), i);
  for (size_t i = 0; i < hot.pages; i++)
    {
      bad += !hot_page_holds(page_of(&hot, i));
      counted += page_of(&hot, i)[0];
    }
  if (bad == 0 && counted != operations)
    bad = 1; // a whole page of an earlier time
  answer_check(answer, bad, hot.pages + cold.pages);
}

// The frame numbers of the hot pages, a line each, in hexadecimal: what a perfect hint set would name.
static void
tell_truth(FILE *answer)
{
  int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  for (size_t i = 0; i < hot.pages; i++)
    {
      uint64_t entry = 0;
      if (pread(pagemap, &entry, sizeof entry, (off_t) ((uintptr_t) page_of(&hot, i) / PAGE_BYTES * sizeof entry)) < 0)
        err(1, "/proc/self/pagemap");
      fprintf(answer, "%llx\n", (unsigned long long) (entry & ((1ULL << 55) - 1)));
    }
  close(pagemap);
}

static void
answer(struct question *question)
{
  if (strcmp(question->word, "check") == 0)
    check(question->answer);
  else if (strcmp(question->word, "truth") == 0)
    tell_truth(question->answer);
  fclose(question->answer);
  free(question);
}

// Passes questions on to the worker, which answers between two batches, when nothing moves.
static void *
listen_for_questions(void *listener)
{
  for (;;)
    {
      struct question *question = malloc(sizeof *question);
      if (question == NULL)
        err(1, "question");
      question->answer = question_wait(*(int *) listener, question->word, sizeof question->word);
      struct question *none = NULL;
      while (!atomic_compare_exchange_weak(&mailbox, &none, question))
        {
          none = NULL;
          usleep(1000);
        }
    }
}

static struct timespec
later(struct timespec time, long ns)
{
  time.tv_nsec += ns;
  time.tv_sec += time.tv_nsec / 1000000000;
  time.tv_nsec %= 1000000000;
  return time;
}

static long
ns_between(struct timespec from, struct timespec to)
{
  return (to.tv_sec - from.tv_sec) * 1000000000 + (to.tv_nsec - from.tv_nsec);
}

static struct timespec
now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time;
}

static void
sleep_until(struct timespec time)
{
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
}

static void *
report(void *unused)
{
  for (struct timespec next = start;;)
    {
      next = later(next, 100000000);
      sleep_until(next);
      printf("%ld %llu\n", ns_between(start, now()) / 1000000, (unsigned long long) operations);
      fflush(stdout);
    }
  return unused;
}

static void
serve(long requests, struct timespec end)
{
  for (; requests > 0 && ns_between(now(), end) > 0; requests -= BATCH)
    {
      for (int i = 0; i < BATCH; i++)
        operate();
      atomic_fetch_add_explicit(&operations, BATCH, memory_order_relaxed);
    }
}

int
main(void)
{
  long rate = setting("rate", 300000);
  hot = allocate(setting("hot", 64));
  cold = allocate(setting("cold", 600));
  populate();
  int listener = question_listen("scattered");
  start = now();
  pthread_t thread;
  if (pthread_create(&thread, NULL, listen_for_questions, &listener) != 0
      || pthread_create(&thread, NULL, report, NULL) != 0)
    errx(1, "no threads");
  for (struct timespec end = start;;)
    {
      end = later(end, SLICE_NS);
      serve(rate / SLICES, end);
      struct question *question = atomic_exchange(&mailbox, NULL);
      if (question != NULL)
        answer(question);
      if (ns_between(end, now()) < SLICE_NS)
        sleep_until(end);
      else
        end = now(); // it stood still: what came meanwhile is lost
    }
}
