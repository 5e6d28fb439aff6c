// A busy guest whose accesses follow a known pattern, and which counts them: what hints are measured against.
//
// Taken from the environment: pattern, one of those in `patterns` below; mib, the busy process's memory, instead of the
// pattern's own. A thread for each CPU accesses page after page, as fast as it can unless the pattern says at which
// rate. An access is an addition to the page's first word: the count of its accesses, so that counting touches nothing
// else.
//
// The truth about a snapshot is, of each page, how often it was accessed during the snapshot and how often in the 2 s
// after it. Where accesses are drawn by chance a page that is rarely accessed may be hit in one of the two spans and not
// in the other, and no observer can know. So a page is
//   needed      when it was accessed in both spans,
//   not needed  when it was accessed in neither,
// and else not judged. Of the needed pages, recall is the share that is hinted; of the hinted pages that are judged,
// precision is the share that is needed. Pages that are not the workload's (its code and stacks, other programs') are
// not judged either: nobody counts their accesses.
//
// Prints `<ms since start> <operations so far>` five times a second. Answers (ask.c):
//   begin, end   the snapshot begins, has ended: ok
//   truth        a struct page_truth for each page, in binary
//   speed        `<ms since start> <operations so far>`
//   move         the hot set of `moving` moves to other pages: ok
#include "draw.h"
#include "pattern.h"
#include "question.h"
#include "truth.h"

#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum
{
  BATCH = 64, // accesses between looks at what is shared
  MIB_PAGES = 256,
  IDLE_MAX = 500,
};

struct pattern
{
  const char *name;
  size_t mib;
  draw_page *draw;
  void (*prepare)(struct draw *draw);
  int advice;        // madvise(2), of huge pages
  long rate;         // accesses a second of each thread; 0: as fast as it can
  size_t idle;       // processes that fill their memory and then sleep
  size_t idle_pages; // of each
};

static const struct pattern patterns[] = {
  { "scattered", 512, draw_scattered, NULL, MADV_NOHUGEPAGE, 0, 0, 0 },
  { "zipf", 512, draw_zipf, zipf_over_pages, MADV_NOHUGEPAGE, 0, 0, 0 },
  // 256 huge pages accessed at full speed would all be hot within a millisecond.
  { "zipf-huge", 512, draw_zipf_span, zipf_over_spans, MADV_HUGEPAGE, 20000, 0, 0 },
  { "moving", 512, draw_scattered, NULL, MADV_NOHUGEPAGE, 0, 0, 0 },
  { "processes", 256, draw_scattered, NULL, MADV_NOHUGEPAGE, 0, IDLE_MAX, 64 },
  { "idle-large", 64, draw_scattered, NULL, MADV_NOHUGEPAGE, 0, 1, 512 * MIB_PAGES },
};

static const struct pattern *pattern;
static struct region regions[1 + IDLE_MAX]; // the first is the busy one
static size_t n_regions = 1;
static struct timespec start;
static struct draw prepared;
static _Atomic size_t shift;
static _Atomic uint64_t operations;

static void
choose(void)
{
  const char *name = getenv("pattern");
  for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
    if (name != NULL && strcmp(name, patterns[i].name) == 0)
      pattern = &patterns[i];
  if (pattern == NULL)
    errx(1, "pattern=%s: no such pattern; patterns.c lists them", name != NULL ? name : "");
}

static size_t
busy_pages(void)
{
  const char *text = getenv("mib");
  long mib = text != NULL ? atol(text) : (long) pattern->mib;
  if (mib < 2 || mib % 2 != 0)
    errx(1, "mib=%s: expected an even number from 2 on", text);
  return (size_t) mib * MIB_PAGES;
}

// Memory for so many pages, aligned for huge ones; nothing of it is there yet.
static uint64_t *
reserve(size_t pages)
{
  size_t huge = 2 << 20, size = pages * PAGE_BYTES;
  char *memory = mmap(NULL, size + huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    err(1, "%zu pages", pages);
  size_t before = -(uintptr_t) memory % huge;
  if ((before > 0 && munmap(memory, before) < 0) || munmap(memory + before + size, huge - before) < 0
      || madvise(memory + before, size, pattern->advice) < 0)
    err(1, "%zu pages", pages);
  return (uint64_t *) (void *) (memory + before);
}

// Makes all pages there, each with content of its own but for the count.
static void
populate(const struct region *region)
{
  for (size_t i = 0; i < region->pages; i++)
    {
      pattern_fill(region->words + i * PAGE_WORDS, i);
      region->words[i * PAGE_WORDS] = 0;
    }
}

// `ready` is closed when its memory is there.
static void
start_idle(struct region *region, int ready)
{
  *region = (struct region){ .words = reserve(pattern->idle_pages), .pages = pattern->idle_pages };
  region->pid = fork();
  if (region->pid < 0)
    err(1, "fork");
  if (region->pid == 0)
    {
      populate(region);
      close(ready);
      for (;;)
        pause();
    }
  munmap(region->words, region->pages * PAGE_BYTES); // it is the child's
  truth_watch(region);
}

static void
start_idle_processes(void)
{
  int ready[2];
  if (pipe(ready) < 0)
    err(1, "pipe");
  for (size_t i = 0; i < pattern->idle; i++)
    start_idle(&regions[n_regions++], ready[1]);
  close(ready[1]);
  char none;
  if (read(ready[0], &none, 1) != 0) // returns when the last has closed its end
    err(1, "pipe");
  close(ready[0]);
}

static void
start_busy_region(void)
{
  struct region *busy = &regions[0];
  *busy = (struct region){ .pid = getpid(), .words = reserve(busy_pages()), .pages = busy_pages() };
  populate(busy);
  truth_watch(busy);
  prepared.pages = busy->pages;
  if (pattern->prepare != NULL)
    pattern->prepare(&prepared);
}

// Sleeps until a thread that has made so many accesses since the start may go on.
static void
keep_to_rate(uint64_t accesses)
{
  uint64_t ns = (uint64_t) start.tv_nsec + accesses * (1000000000 / (uint64_t) pattern->rate);
  struct timespec due = { .tv_sec = start.tv_sec + (time_t) (ns / 1000000000), .tv_nsec = (long) (ns % 1000000000) };
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
}

static void *
work(void *number)
{
  struct draw draw = prepared;
  draw.random = 88172645463325252ULL + (uintptr_t) number;
  uint64_t *words = regions[0].words, accesses = 0;
  for (;; accesses += BATCH)
    {
      if (pattern->rate > 0)
        keep_to_rate(accesses);
      draw.shift = atomic_load_explicit(&shift, memory_order_relaxed);
      for (int i = 0; i < BATCH; i++)
        __atomic_fetch_add(words + pattern->draw(&draw) * PAGE_WORDS, 1, __ATOMIC_RELAXED);
      atomic_fetch_add_explicit(&operations, BATCH, memory_order_relaxed);
    }
  return NULL;
}

static void
start_workers(void)
{
  long cpus = sysconf(_SC_NPROCESSORS_ONLN);
  pthread_t thread;
  for (long i = 0; i < cpus; i++)
    if (pthread_create(&thread, NULL, work, (void *) i) != 0)
      errx(1, "no thread");
}

static void
tell_speed(FILE *to)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  fprintf(to, "%ld %llu\n", (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000,
          (unsigned long long) operations);
  fflush(to);
}

static void
answer(const char *word, FILE *to)
{
  bool begin = strcmp(word, "begin") == 0, end = strcmp(word, "end") == 0, truth = strcmp(word, "truth") == 0;
  for (size_t i = 0; i < n_regions; i++)
    if (begin)
      truth_begin(&regions[i]);
    else if (end)
      truth_end(&regions[i]);
    else if (truth)
      truth_tell(&regions[i], to);
  if (strcmp(word, "speed") == 0)
    tell_speed(to);
  else if (strcmp(word, "move") == 0)
    shift++;
  if (begin || end || strcmp(word, "move") == 0)
    fprintf(to, "ok\n");
}

// Beside the workers: what they do goes on meanwhile.
static void *
answer_questions(void *unused)
{
  int listener = question_listen("patterns");
  for (;;)
    {
      char word[16];
      FILE *to = question_wait(listener, word, sizeof word);
      answer(word, to);
      fclose(to);
    }
  return unused;
}

int
main(void)
{
  choose();
  start_idle_processes();
  start_busy_region(); // after the others: its memory is no child's
  clock_gettime(CLOCK_MONOTONIC, &start);
  start_workers();
  pthread_t thread;
  if (pthread_create(&thread, NULL, answer_questions, NULL) != 0)
    errx(1, "no thread");
  for (;;)
    {
      tell_speed(stdout);
      usleep(200000);
    }
}
