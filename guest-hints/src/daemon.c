// hotfoot-hintsd: loads the eBPF program once, then waits, using no CPU, for hotfoot-hints to ask for a snapshot.
#include "collector.h"
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
  return 0;
}

// A client that waited behind another's snapshot may have given up meanwhile.
static bool
has_hung_up(int client)
{
  struct pollfd peer = { .fd = client, .events = POLLRDHUP };
  return poll(&peer, 1, 0) == 1 && peer.revents & (POLLRDHUP | POLLHUP | POLLERR);
}

static void
serve(int client, struct collector *collector, uint64_t frames)
{
  struct request request;
  struct error err, unsent;
  cleanup_buffer struct buffer set = { 0 };
  if (has_hung_up(client))
    return;
  bool failed = receive_request(client, &request, &err) < 0
                || snapshot_take(collector, frames, request.window_ms, &set, &err) < 0;
  const void *answer = failed ? (const void *) err.message : set.data;
  struct reply reply = { .failed = failed, .length = (uint32_t) (failed ? strlen(err.message) : set.size) };
  if (failed)
    fprintf(stderr, "hotfoot-hintsd: %s\n", err.message);
  stream_deadline(client, REPLY_SECONDS);
  if (stream_send(client, &reply, sizeof reply, &unsent) < 0 || stream_send(client, answer, reply.length, &unsent) < 0)
    fprintf(stderr, "hotfoot-hintsd: the answer was not taken: %s\n", unsent.message);
}

static int
run(struct error *err)
{
  uint64_t frames;
  struct collector *collector;
  if (rung_check(err) < 0 || ram_frames(&frames, err) < 0 || collector_load(&collector, frames, err) < 0)
    return -1;
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
        serve(client, collector, frames);
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
