// A connection to memcached, in its text protocol.
#pragma once

#include "record.h"

#include <stddef.h>

enum
{
  ANSWER_BYTES = VALUE_BYTES + 128, // the longest: a value and what stands around it
};

// Connects to port 11211 of an IPv6 address (a link's own with `%LINK` after it), trying for `seconds`; exits where nobody
// answers. Nagle's algorithm is off.
int connection_open(const char *address, int seconds);

// Writes all; exits on failure.
void connection_write(int fd, const char *data, size_t size);

// A request for a record, or one that sets it, into a buffer of ANSWER_BYTES; returns its length.
size_t request_get(char *request, uint64_t record);
size_t request_set(char *request, uint64_t record, uint64_t version, bool answered);

// How long the answer is that holds a record.
size_t answer_length(void);

// Whether an answer has come in whole.
bool answer_is_whole(const char *answer, size_t size);

// Exits where the answer to a request for `record` is not that record as it was written.
void answer_require(const char *answer, size_t size, uint64_t record);
