// hotfoot-hints: asks the daemon for a hint set, and looks at hint sets.
#include "buffer.h"
#include "cleanup.h"
#include "hint_set.h"
#include "protocol.h"
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
  "usage: hotfoot-hints snapshot [--window-ms N] [--within MS]   write a hint set to standard output\n"
  "       hotfoot-hints check        say which hints this guest can give, and why none better\n"
  "       hotfoot-hints show FILE    print a hint set as a table (-: standard input)\n"
  "N: length of a window, 5 to 1000, default 5. MS: be done by then, 100 to 60000; default: about 2 s, or what it takes.\n"
  "Exits with 0; 1 when it failed; 2 when called wrongly; 3 when hotfoot-hintsd does not run.\n";

static int
complain(const struct error *err, int status)
{
  fprintf(stderr, "hotfoot-hints: %s\n", err->message);
  return status;
}

static int
no_daemon(int errnum, struct error *err)
{
  if (geteuid() != 0)
    return fail(err, 0, "not root: run it as root");
  return fail(err, errnum, "hotfoot-hintsd does not answer on %s (not started, still loading, or its log tells why)",
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

// Returns the exit status; `err` is filled unless it is EXIT_SUCCESS.
static int
ask(struct request request, struct buffer *answer, struct error *err)
{
  cleanup_close int daemon = stream_connect();
  if (daemon < 0)
    {
      no_daemon(errno, err);
      return EXIT_NO_DAEMON;
    }
  request.version = PROTOCOL_VERSION;
  stream_deadline(daemon, REPLY_SECONDS);
  if (stream_send(daemon, &request, sizeof request, err) < 0 || receive_reply(daemon, answer, err) < 0)
    return EXIT_FAILURE;
  return EXIT_SUCCESS;
}

static int
print(const struct buffer *answer)
{
  struct error err;
  if (fwrite(answer->data, 1, answer->size, stdout) == answer->size && fflush(stdout) == 0)
    return EXIT_SUCCESS;
  fail(&err, errno, "standard output");
  return complain(&err, EXIT_FAILURE);
}

static int
snapshot(uint32_t window_ms, uint32_t within_ms)
{
  struct error err;
  cleanup_buffer struct buffer set = { 0 };
  struct request request = { .question = ASK_SNAPSHOT, .window_ms = window_ms, .within_ms = within_ms };
  int status = ask(request, &set, &err);
  return status == EXIT_SUCCESS ? print(&set) : complain(&err, status);
}

static int
check(void)
{
  struct error err;
  cleanup_buffer struct buffer text = { 0 };
  int status = ask((struct request){ .question = ASK_RUNG }, &text, &err);
  if (status == EXIT_SUCCESS)
    return print(&text);
  printf("none: %s\n", err.message);
  return status;
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

// Parses the value of an option; 0 when it is none from `least` to `most`.
static uint32_t
number(const char *text, uint32_t least, uint32_t most)
{
  char *end;
  unsigned long value = strtoul(text, &end, 10);
  return *end == '\0' && value >= least && value <= most ? (uint32_t) value : 0;
}

static int
parse_snapshot(int argc, char **argv)
{
  uint32_t window_ms = 0, within_ms = 0;
  for (int i = 0; i + 1 < argc; i += 2)
    {
      uint32_t *value = NULL;
      if (strcmp(argv[i], "--window-ms") == 0)
        *(value = &window_ms) = number(argv[i + 1], WINDOW_MS_MIN, WINDOW_MS_MAX);
      else if (strcmp(argv[i], "--within") == 0)
        *(value = &within_ms) = number(argv[i + 1], WITHIN_MS_MIN, WITHIN_MS_MAX);
      if (value == NULL || *value == 0)
        return EXIT_USAGE;
    }
  return argc % 2 == 0 ? snapshot(window_ms, within_ms) : EXIT_USAGE;
}

int
main(int argc, char **argv)
{
  int status = EXIT_USAGE;
  if (argc >= 2 && strcmp(argv[1], "snapshot") == 0)
    status = parse_snapshot(argc - 2, argv + 2);
  else if (argc == 2 && strcmp(argv[1], "check") == 0)
    status = check();
  else if (argc == 3 && strcmp(argv[1], "show") == 0)
    status = show_file(argv[2]);
  if (status == EXIT_USAGE)
    fputs(usage, stderr);
  return status;
}
