// hotfoot-hintsd: loads the best rung that this guest has, then waits, using no CPU, for hotfoot-hints to ask for a snapshot.
#include "cleanup.h"
#include "protocol.h"
#include "ram.h"
#include "rung.h"
#include "snapshot.h"
#include "stream.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

// What this guest can do.
struct guest
{
  uint64_t frames;
  const struct rung *rung;
  char reasons[1024]; // why it has no better rung
};

static int
climb(struct guest *guest, struct error *err)
{
  if (ram_frames(&guest->frames, err) < 0)
    return -1;
  return rung_choose(&guest->rung, guest->frames, guest->reasons, sizeof guest->reasons, err);
}

// Memory may have been added since.
static int
grow(struct guest *guest, struct error *err)
{
  uint64_t frames;
  if (ram_frames(&frames, err) < 0)
    return -1;
  if (guest->rung != NULL && frames <= guest->frames)
    return 0;
  if (guest->rung != NULL)
    guest->rung->unload();
  guest->rung = NULL;
  return climb(guest, err);
}

static int
receive_request(int client, struct request *request, struct error *err)
{
  stream_deadline(client, REQUEST_SECONDS);
  if (stream_receive(client, request, sizeof *request, err) < 0)
    return -1;
  if (request->version != PROTOCOL_VERSION)
    return fail(err, 0, "the client speaks protocol %u, this daemon %d: restart hotfoot-hintsd", request->version,
                PROTOCOL_VERSION);
  if (request->window_ms == 0)
    request->window_ms = WINDOW_MS_DEFAULT;
  if (request->window_ms < WINDOW_MS_MIN || request->window_ms > WINDOW_MS_MAX)
    return fail(err, 0, "a window of %u ms, expected %d to %d", request->window_ms, WINDOW_MS_MIN, WINDOW_MS_MAX);
  if (request->within_ms != 0 && (request->within_ms < WITHIN_MS_MIN || request->within_ms > WITHIN_MS_MAX))
    return fail(err, 0, "within %u ms, expected %d to %d", request->within_ms, WITHIN_MS_MIN, WITHIN_MS_MAX);
  return 0;
}

// A client that waited behind another's snapshot may have given up meanwhile.
static bool
has_hung_up(int client)
{
  struct pollfd peer = { .fd = client, .events = POLLRDHUP };
  return poll(&peer, 1, 0) == 1 && peer.revents & (POLLRDHUP | POLLHUP | POLLERR);
}

static int
tell_rung(const struct guest *guest, struct buffer *out, struct error *err)
{
  char text[2048];
  int size = snprintf(text, sizeof text, "%s: %s\n%s", guest->rung->name, guest->rung->hints, guest->reasons);
  if (buffer_reserve(out, (size_t) size, err) < 0)
    return -1;
  put_bytes(out, text, (size_t) size);
  return 0;
}

static int
answer(const struct request *request, struct guest *guest, struct buffer *out, struct error *err)
{
  if (grow(guest, err) < 0)
    return -1;
  if (request->question == ASK_RUNG)
    return tell_rung(guest, out, err);
  struct snapshot_plan plan = { .window_ms = request->window_ms, .within_ms = request->within_ms };
  return snapshot_take(guest->rung, guest->frames, &plan, out, err);
}

static void
serve(int client, struct guest *guest)
{
  struct request request;
  struct error err, unsent;
  cleanup_buffer struct buffer out = { 0 };
  if (has_hung_up(client))
    return;
  bool failed = receive_request(client, &request, &err) < 0 || answer(&request, guest, &out, &err) < 0;
  const void *answer = failed ? (const void *) err.message : out.data;
  struct reply reply = { .failed = failed, .length = (uint32_t) (failed ? strlen(err.message) : out.size) };
  if (failed)
    fprintf(stderr, "hotfoot-hintsd: %s\n", err.message);
  stream_deadline(client, REPLY_SECONDS);
  if (stream_send(client, &reply, sizeof reply, &unsent) < 0 || stream_send(client, answer, reply.length, &unsent) < 0)
    fprintf(stderr, "hotfoot-hintsd: the answer was not taken: %s\n", unsent.message);
  shutdown(client, SHUT_RDWR);
  if (guest->rung != NULL && guest->rung->rest != NULL)
    guest->rung->rest();
}

static int
run(struct error *err)
{
  if (geteuid() != 0)
    return fail(err, 0, "not root: run it as root");
  static struct guest guest;
  if (climb(&guest, err) < 0)
    return -1;
  fprintf(stderr, "hotfoot-hintsd: %s: %s\n%s", guest.rung->name, guest.rung->hints, guest.reasons);
  cleanup_close int listener = stream_listen(err);
  if (listener < 0)
    return -1;
  // An eviction waits for the snapshot. What runs for long in it runs between two windows, ahead of the workload.
  setpriority(PRIO_PROCESS, 0, -10);
  for (;;)
    {
      malloc_trim(0); // what loading or a snapshot took is the guest's again
      cleanup_close int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
      if (client >= 0)
        serve(client, &guest);
      else if (errno != EINTR && errno != ECONNABORTED)
        return fail(err, errno, "accept");
    }
}

int
main(int argc, char **argv)
{
  (void) argv;
  struct error err;
  if (argc > 1)
    {
      fprintf(stderr, "usage: hotfoot-hintsd\nServes hotfoot-hints(1) on " SOCKET_PATH ".\n");
      return 2;
    }
  run(&err);
  fprintf(stderr, "hotfoot-hintsd: %s\n", err.message);
  return 1;
}
