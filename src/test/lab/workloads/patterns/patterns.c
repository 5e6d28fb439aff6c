// A busy guest whose accesses follow a known pattern, and which counts them: what hints are measured against.
//
// Taken from the environment: pattern, one of those in `patterns` below; in place of the pattern's own: mib, the busy
// process's memory, idlers, the number of idle processes, and idle_pages, the memory of each; set to 1: merge, to have the
// idle ones' memory merged by KSM, and hugetlb, for huge pages that were set apart.
//
// A thread for each CPU accesses page after page, as fast as it can unless the pattern says at which rate. An access is an
// addition to the page's first word: the count of its accesses, so that counting touches nothing else. Where it is one to a
// file on the guest's disk, by a system call or through a mapping, the counts stand apart.
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
#include "memory.h"
#include "pattern.h"
#include "question.h"
#include "truth.h"

#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DISK "/dev/nvme0n1" // a driver that stock kernels have built in

enum
{
  BATCH = 64, // accesses between looks at what is shared
  MIB_PAGES = 256,
  IDLE_MAX = 20000,
};

// How a page is accessed.
enum way
{
  MEMORY,
  READ,   // of a file, by pread(2)
  WRITTEN, // by pwrite(2)
  MAPPED, // of a file that is mapped
  MIXED,  // of the three, for each page another
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
  enum way way;
};

static const struct pattern patterns[] = {
  { "scattered", 512, draw_scattered, NULL, MADV_NOHUGEPAGE, 0, 0, 0, MEMORY },
  { "zipf", 512, draw_zipf, zipf_over_pages, MADV_NOHUGEPAGE, 0, 0, 0, MEMORY },
  // 256 huge pages accessed at full speed would all be hot within a millisecond.
  { "zipf-huge", 512, draw_zipf_span, zipf_over_spans, MADV_HUGEPAGE, 20000, 0, 0, MEMORY },
  { "one", 64, draw_one, NULL, MADV_NOHUGEPAGE, 0, 0, 0, MEMORY },
  { "any", 64, draw_any, NULL, MADV_NOHUGEPAGE, 0, 0, 0, MEMORY },
  { "moving", 512, draw_scattered, NULL, MADV_NOHUGEPAGE, 0, 0, 0, MEMORY },
  { "processes", 256, draw_scattered, NULL, MADV_NOHUGEPAGE, 0, 500, 64, MEMORY },
  { "idle-large", 64, draw_scattered, NULL, MADV_NOHUGEPAGE, 0, 1, 512 * MIB_PAGES, MEMORY },
  { "cache-read", 384, draw_scattered, NULL, MADV_NOHUGEPAGE, 0, 0, 0, READ },
  { "cache-mapped", 384, draw_scattered, NULL, MADV_NOHUGEPAGE, 0, 0, 0, MAPPED },
  { "cache-mixed", 384, draw_zipf, zipf_over_pages, MADV_NOHUGEPAGE, 0, 0, 0, MIXED },
};

static const struct pattern *pattern;
static struct region regions[1 + IDLE_MAX]; // the first is the busy one
static size_t n_regions = 1;
static const uint64_t *mapping; // of the file, where there is one
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
  size_t mib = setting("mib", pattern->mib, 1 << 20);
  if (mib < 2 || mib % 2 != 0)
    errx(1, "mib=%zu: expected an even number from 2 on", mib);
  return mib * MIB_PAGES;
}

// A file on the disk, all of it in the page cache.
static struct region
file_region(void)
{
  struct region region = { .pages = busy_pages(), .stride = 1 };
  mkdir("/disk", 0700);
  if (mount(DISK, "/disk", "ext4", 0, NULL) < 0)
    err(1, "mounting " DISK);
  region.file = open("/disk/file", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  for (size_t i = 0; i < region.pages; i++)
    {
      uint64_t page[PAGE_WORDS];
      pattern_fill(page, i);
      if (write(region.file, page, sizeof page) != sizeof page)
        err(1, "/disk/file");
    }
  if (fsync(region.file) < 0)
    err(1, "/disk/file");
  if (pattern->way != READ)
    mapping = mmap(NULL, region.pages * PAGE_BYTES, PROT_READ, MAP_SHARED, region.file, 0);
  region.counts = calloc(region.pages, sizeof *region.counts);
  if (mapping == MAP_FAILED || region.counts == NULL)
    err(1, "/disk/file");
  return region;
}

static void
start_busy_region(void)
{
  struct region *busy = &regions[0];
  *busy = pattern->way == MEMORY ? memory_region(busy_pages(), pattern->advice) : file_region();
  busy->pid = getpid();
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

static void
access_page(size_t page)
{
  static const enum way of_mixed[] = { READ, MAPPED, WRITTEN };
  const struct region *busy = &regions[0];
  // By what is left of the number of a hot page, one in ten.
  enum way way = pattern->way == MIXED ? of_mixed[page / 10 % 3] : pattern->way;
  uint64_t word = page;
  off_t at = (off_t) (page * PAGE_BYTES);
  bool done = true;
  if (way == READ)
    done = pread(busy->file, &word, sizeof word, at) == sizeof word;
  else if (way == WRITTEN)
    done = pwrite(busy->file, &word, sizeof word, at) == sizeof word;
  else if (way == MAPPED)
    (void) *(volatile const uint64_t *) (mapping + page * PAGE_WORDS);
  if (!done)
    err(1, "/disk/file");
  __atomic_fetch_add(busy->counts + page * busy->stride, 1, __ATOMIC_RELAXED);
}

static void *
work(void *number)
{
  struct draw draw = prepared;
  draw.random = 88172645463325252ULL + (uintptr_t) number;
  uint64_t accesses = 0;
  for (;; accesses += BATCH)
    {
      if (pattern->rate > 0)
        keep_to_rate(accesses);
      draw.shift = atomic_load_explicit(&shift, memory_order_relaxed);
      for (int i = 0; i < BATCH; i++)
        access_page(pattern->draw(&draw));
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
  size_t idle = setting("idlers", pattern->idle, IDLE_MAX);
  start_idle_processes(&regions[1], idle, setting("idle_pages", pattern->idle_pages, 1 << 20), pattern->advice);
  n_regions += idle;
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
