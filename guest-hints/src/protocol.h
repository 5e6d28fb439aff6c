// What hotfoot-hints asks of hotfoot-hintsd, over a stream socket that only root may open. The client sends a request;
// the daemon answers with a reply and `length` bytes, and hangs up. Requests are served one after another.
#pragma once

#include <stdint.h>

#define SOCKET_PATH "/run/hotfoot-hints.sock"

enum
{
  PROTOCOL_VERSION = 2,
  REQUEST_SECONDS = 1, // for the request to arrive
  REPLY_SECONDS = 20,  // for the reply to begin, and for each further piece: somebody else's snapshot may be running
};

enum question
{
  ASK_SNAPSHOT, // answered by a hint set
  ASK_RUNG,     // answered by text: which rung this guest gets, and why none better
};

struct request
{
  uint32_t version;
  uint32_t question;
  uint32_t window_ms; // length of a window; 0: the daemon's choice
  uint32_t within_ms; // how long a snapshot may take; 0: the daemon's choice
};

struct reply
{
  uint32_t failed; // 0: what was asked for follows; 1: what went wrong, as text
  uint32_t length;
};
