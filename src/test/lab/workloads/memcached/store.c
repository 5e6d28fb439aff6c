// In the guest, beside memcached:
//   store load     writes all records
//   store check    reads some 10,000, evenly spread, since an emulated guest takes minutes for all; says `ok <records>`, or
//                  `bad: …` and exits with 1
//   store count    prints `<ms since start> <requests served so far>` five times a second, by memcached's own statistics
// Taken from the environment: records (500000).
#include "connection.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum
{
  WAIT_SECONDS = 30,
  BATCH = 64, // records written, or asked for, at once
  CHECKED = 10000,
};

// Reads one answer, up to the end of `end`; returns its length.
static size_t
read_answer(int fd, char *answer, size_t room, bool (*is_whole)(const char *, size_t))
{
  size_t size = 0;
  while (!is_whole(answer, size))
    {
      ssize_t got = size < room ? read(fd, answer + size, room - size) : 0;
      if (got <= 0)
        err(1, "bad: no answer from memcached");
      size += (size_t) got;
    }
  return size;
}

static void
load(int fd, uint64_t records)
{
  static char batch[BATCH * ANSWER_BYTES];
  for (uint64_t record = 0; record < records;)
    {
      size_t size = 0;
      for (int i = 0; i < BATCH && record < records; i++, record++)
        size += request_set(batch + size, record, 0, false);
      connection_write(fd, batch, size);
    }
  // Answered in order, so all are written once this is.
  char answer[ANSWER_BYTES];
  connection_write(fd, answer, request_get(answer, records - 1));
  size_t size = read_answer(fd, answer, sizeof answer, answer_is_whole);
  answer_require(answer, size, records - 1);
}

static void
check(int fd, uint64_t records)
{
  static char requests[BATCH * ANSWER_BYTES], answer[ANSWER_BYTES];
  size_t length = answer_length();
  uint64_t step = records > CHECKED ? records / CHECKED : 1;
  uint64_t checked = 0;
  for (uint64_t record = 0; record < records;)
    {
      size_t size = 0;
      uint64_t first = record;
      for (int i = 0; i < BATCH && record < records; i++, record += step)
        size += request_get(requests + size, record);
      connection_write(fd, requests, size);
      for (uint64_t asked = first; asked < record; asked += step, checked++)
        {
          if (recv(fd, answer, length, MSG_WAITALL) != (ssize_t) length)
            errx(1, "bad: record %llu is not there", (unsigned long long) asked);
          answer_require(answer, length, asked);
        }
    }
  printf("ok %llu\n", (unsigned long long) checked);
}

static bool
statistics_are_whole(const char *answer, size_t size)
{
  return size >= 5 && memcmp(answer + size - 5, "END\r\n", 5) == 0;
}

static unsigned long long
statistic(const char *answer, const char *name)
{
  const char *found = strstr(answer, name);
  return found != NULL ? strtoull(found + strlen(name), NULL, 10) : 0;
}

static void
count(int fd)
{
  struct timespec start, now;
  clock_gettime(CLOCK_MONOTONIC, &start);
  unsigned long long before = 0;
  for (bool first = true;; first = false)
    {
      char answer[8192] = "";
      connection_write(fd, "stats\r\n", 7);
      read_answer(fd, answer, sizeof answer - 1, statistics_are_whole);
      unsigned long long served = statistic(answer, "STAT cmd_get ") + statistic(answer, "STAT cmd_set ");
      if (first)
        before = served;
      clock_gettime(CLOCK_MONOTONIC, &now);
      printf("%ld %llu\n", (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000, served - before);
      fflush(stdout);
      usleep(200000);
    }
}

int
main(int argc, char **argv)
{
  const char *what = argc == 2 ? argv[1] : "";
  uint64_t records = (uint64_t) setting("records", 500000);
  int fd = connection_open("::1", WAIT_SECONDS);
  struct timeval longest = { .tv_sec = WAIT_SECONDS };
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof longest);
  if (strcmp(what, "load") == 0)
    load(fd, records);
  else if (strcmp(what, "check") == 0)
    check(fd, records);
  else if (strcmp(what, "count") == 0)
    count(fd);
  else
    errx(2, "usage: store load|check|count");
}
