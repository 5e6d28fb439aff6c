// A busy guest: counts in random places of a hot set whose pages lie scattered among cold ones, one page in ten.
//
// Prints `<ms since start> <operations so far>` ten times a second. Checks its own memory when asked (ask.c): cold pages
// hold a pattern; each hot page counts its operations twice, in a random word and in its first.
// Sizes in MiB are taken from the environment: hot (64), cold (600).
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
  BATCH = 64, // operations between looks at the mailbox
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

static struct region
allocate(const char *name, long default_mib)
{
  const char *setting = getenv(name);
  long mib = setting != NULL ? atol(setting) : default_mib;
  if (mib < 1)
    errx(1, "%s=%s: expected a size in MiB", name, setting);
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

static void *
report(void *unused)
{
  struct timespec next = start;
  for (;;)
    {
      next.tv_nsec += 100000000;
      next.tv_sec += next.tv_nsec / 1000000000;
      next.tv_nsec %= 1000000000;
      clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
      struct timespec now;
      clock_gettime(CLOCK_MONOTONIC, &now);
      long ms = (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000;
      printf("%ld %llu\n", ms, (unsigned long long) operations);
      fflush(stdout);
    }
  return unused;
}

int
main(void)
{
  hot = allocate("hot", 64);
  cold = allocate("cold", 600);
  populate();
  int listener = question_listen("scattered");
  clock_gettime(CLOCK_MONOTONIC, &start);
  pthread_t thread;
  if (pthread_create(&thread, NULL, listen_for_questions, &listener) != 0
      || pthread_create(&thread, NULL, report, NULL) != 0)
    errx(1, "no threads");
  for (;;)
    {
      for (int i = 0; i < BATCH; i++)
        operate();
      atomic_fetch_add_explicit(&operations, BATCH, memory_order_relaxed);
      struct question *question = atomic_exchange(&mailbox, NULL);
      if (question != NULL)
        answer(question);
    }
}
