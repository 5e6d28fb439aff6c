// What went wrong, for a person to read. Every function that can fail takes a `struct error *` and returns -1 after
// it has filled it; on success it is left alone.
#pragma once

struct error
{
  char message[256];
};

// Fills `err` and returns -1. An `errnum` other than 0 adds ": <what strerror says>".
__attribute__((format(printf, 3, 4))) int fail(struct error *err, int errnum, const char *format, ...);
