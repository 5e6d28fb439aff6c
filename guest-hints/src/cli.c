// hotfoot-hints: asks the daemon for a hint set, and looks at hint sets.
#include "buffer.h"
#include "cleanup.h"
#include "hint_set.h"
#include "protocol.h"
#include "rung.h"
#include "show.h"
#include "snapshot.h"
#include "stream.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum
{
  EXIT_USAGE = 2,
  EXIT_NO_DAEMON = 3,
};

static const char usage[] =
  "usage: hotfoot-hints snapshot [--window-ms N]   write a hint set to standard output (N: 5 to 1000, default 5)\n"
  "       hotfoot-hints check                      say which hints this guest can give, and why not\n"
  "       hotfoot-hints show FILE                  print a hint set as a table (-: standard input)\n"
  "Exits with 0; 1 when it failed; 2 when called wrongly; 3 when hotfoot-hintsd does not run.\n";

static int
complain(const struct error *err, int status)
{
  fprintf(stderr, "hotfoot-hints: %s\n", err->message);
  return status;
}

// Says why nobody listens: the reason that the guest itself has, else what connect(2) said.
static void
no_daemon(int errnum, struct error *err)
{
  struct error cause;
  if (rung_check(&cause) < 0)
    fail(err, 0, "%s", cause.message);
  else
    fail(err, errnum, "hotfoot-hintsd does not answer on %s (not started, still loading, or its log tells why)",
         SOCKET_PATH);
}

static int
receive_reply(int daemon, struct buffer *set, struct error *err)
{
  struct reply reply;
  if (stream_receive(daemon, &reply, sizeof reply, err) < 0)
    return -1;
  if (reply.length > HINT_BYTES_MAX)
    return fail(err, 0, "the daemon announces %u bytes, a hint set has at most %d", reply.length, HINT_BYTES_MAX);
  if (buffer_reserve(set, reply.length, err) < 0 || stream_receive(daemon, set->data, reply.length, err) < 0)
    return -1;
  set->size = reply.length;
  if (reply.failed)
    return fail(err, 0, "%.*s", (int) set->size, (const char *) set->data);
  return 0;
}

static int
snapshot(uint32_t window_ms)
{
  struct error err;
  cleanup_close int daemon = stream_connect();
  if (daemon < 0)
    {
      no_daemon(errno, &err);
      return complain(&err, EXIT_NO_DAEMON);
    }
  struct request request = { .version = PROTOCOL_VERSION, .window_ms = window_ms };
  cleanup_buffer struct buffer set = { 0 };
  stream_deadline(daemon, REPLY_SECONDS);
  if (stream_send(daemon, &request, sizeof request, &err) < 0 || receive_reply(daemon, &set, &err) < 0)
    return complain(&err, EXIT_FAILURE);
  if (fwrite(set.data, 1, set.size, stdout) != set.size || fflush(stdout) != 0)
    {
      fail(&err, errno, "standard output");
      return complain(&err, EXIT_FAILURE);
    }
  return EXIT_SUCCESS;
}

static int
check(void)
{
  struct error err;
  cleanup_close int daemon = stream_connect();
  if (daemon >= 0)
    {
      puts("ebpf: exact hints, from the accessed bits of all processes' page tables");
      return EXIT_SUCCESS;
    }
  no_daemon(errno, &err);
  printf("none: %s\n", err.message);
  return EXIT_NO_DAEMON;
}

static int
show_file(const char *path)
{
  struct error err;
  bool standard = strcmp(path, "-") == 0;
  cleanup_fclose FILE *file = standard ? fdopen(dup(STDIN_FILENO), "rb") : fopen(path, "rbe");
  if (file == NULL)
    {
      fail(&err, errno, "%s", path);
      return complain(&err, EXIT_FAILURE);
    }
  return show(file, stdout, &err) < 0 ? complain(&err, EXIT_FAILURE) : EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
  if (argc == 2 && strcmp(argv[1], "snapshot") == 0)
    return snapshot(0);
  if (argc == 4 && strcmp(argv[1], "snapshot") == 0 && strcmp(argv[2], "--window-ms") == 0)
    {
      char *end;
      unsigned long window_ms = strtoul(argv[3], &end, 10);
      if (*end == '\0' && window_ms >= WINDOW_MS_MIN && window_ms <= WINDOW_MS_MAX)
        return snapshot((uint32_t) window_ms);
    }
  if (argc == 2 && strcmp(argv[1], "check") == 0)
    return check();
  if (argc == 3 && strcmp(argv[1], "show") == 0)
    return show_file(argv[2]);
  fputs(usage, stderr);
  return EXIT_USAGE;
}
