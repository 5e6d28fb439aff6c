// client ADDRESS: loads the memcached there, from outside the guest, as YCSB's workloads A and B do: reads and updates of
// records by Zipf's law. Requests are due at a steady rate; those that find no connection idle within their 10 ms are lost,
// so that throughput tells how well the guest serves, not how fast this program can ask. Each answer is checked.
//
// Prints, five times a second, `<ms since 1970> <requests answered so far>` and, for those answered since the line before,
// how many took how long: `<k>:<n>` means n of them took at most 2^(k/4) microseconds, and more than 2^((k-1)/4).
// Taken from the environment: rate (600), requests a second; records (500000); reads (50), percent, the others being
// updates; connections (8), each of which carries one request at a time.
#include "connection.h"
#include "zipf.h"

#include <err.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum
{
  CONNECTIONS_MAX = 64,
  WAIT_SECONDS = 60,
  BUCKETS = 128, // up to 2^32 microseconds
  SLICES = 100,  // a second
  SLICE_US = 1000000 / SLICES,
  REPORT_US = 200000,
};

struct connection
{
  bool busy, reads;
  uint64_t record;
  int64_t sent_us;
  size_t size;
  char answer[ANSWER_BYTES];
};

static struct connection connections[CONNECTIONS_MAX];
static struct pollfd polled[CONNECTIONS_MAX];
static int n_connections;
static struct zipf zipf;
static unsigned long long answered;
static unsigned took[BUCKETS];

static int64_t
now_us(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

static void
ask(int i, long reads)
{
  struct connection *connection = &connections[i];
  char request[ANSWER_BYTES];
  connection->record = zipf_draw(&zipf, drand48());
  connection->reads = drand48() * 100 < (double) reads;
  connection->sent_us = now_us();
  size_t size = connection->reads ? request_get(request, connection->record)
                                  : request_set(request, connection->record, (uint64_t) connection->sent_us, true);
  connection->size = 0;
  connection->busy = true;
  connection_write(polled[i].fd, request, size);
}

static int
bucket(int64_t us)
{
  int k = us > 1 ? (int) ceil(4 * log2((double) us)) : 0;
  return k < BUCKETS ? k : BUCKETS - 1;
}

static void
require(const struct connection *connection)
{
  if (connection->reads)
    answer_require(connection->answer, connection->size, connection->record);
  else if (connection->size != 8 || connection->answer[0] != 'S')
    errx(1, "an update was refused: %.*s", (int) connection->size, connection->answer);
}

static void
receive(int i)
{
  struct connection *connection = &connections[i];
  ssize_t got = read(polled[i].fd, connection->answer + connection->size, ANSWER_BYTES - connection->size);
  if (got <= 0)
    err(1, "the connection to memcached broke");
  connection->size += (size_t) got;
  if (!answer_is_whole(connection->answer, connection->size))
    return;
  require(connection);
  connection->busy = false;
  answered++;
  took[bucket(now_us() - connection->sent_us)]++;
}

static void
report(void)
{
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  printf("%lld %llu", time.tv_sec * 1000LL + time.tv_nsec / 1000000, answered);
  for (int k = 0; k < BUCKETS; k++)
    if (took[k] > 0)
      printf(" %d:%u", k, took[k]);
  printf("\n");
  fflush(stdout);
  for (int k = 0; k < BUCKETS; k++)
    took[k] = 0;
}

// Asks as many of the slice's requests as find a connection idle before its end, and takes answers until then.
static void
serve_slice(long due, long reads, int64_t end_us)
{
  for (int64_t left_us; (left_us = end_us - now_us()) > 0;)
    {
      for (int i = 0; i < n_connections && due > 0; i++)
        if (!connections[i].busy)
          {
            ask(i, reads);
            due--;
          }
      struct timespec wait = { .tv_nsec = left_us * 1000 };
      if (ppoll(polled, (nfds_t) n_connections, &wait, NULL) > 0)
        for (int i = 0; i < n_connections; i++)
          if (polled[i].revents != 0)
            receive(i);
    }
}

int
main(int argc, char **argv)
{
  if (argc != 2)
    errx(2, "usage: client ADDRESS");
  long rate = setting("rate", 600), reads = setting("reads", 50), wanted = setting("connections", 8);
  if (wanted > CONNECTIONS_MAX)
    errx(1, "connections=%ld: at most %d", wanted, CONNECTIONS_MAX);
  zipf = zipf_over((uint64_t) setting("records", 500000));
  for (; n_connections < wanted; n_connections++)
    polled[n_connections] = (struct pollfd){ .fd = connection_open(argv[1], WAIT_SECONDS), .events = POLLIN };
  int64_t start = now_us(), reported = start;
  for (long slice = 1;; slice++)
    {
      int64_t end = start + slice * SLICE_US;
      serve_slice(slice * rate / SLICES - (slice - 1) * rate / SLICES, reads, end);
      if (end - reported >= REPORT_US)
        {
          report();
          reported = end;
        }
    }
}
