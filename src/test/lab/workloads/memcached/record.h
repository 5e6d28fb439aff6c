// A record of YCSB's size, 1000 bytes, whose value tells whether it is as it was written.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum
{
  KEY_BYTES = 14, // "user" and ten digits
  VALUE_BYTES = 1000,
};

// Writes the record's key and a NUL.
void record_key(char key[KEY_BYTES + 1], uint64_t record);

// `version` is any number: another one gives another value.
void record_value(char value[VALUE_BYTES], uint64_t record, uint64_t version);

bool record_holds(const char value[VALUE_BYTES], uint64_t record);

// The environment's number of that name, at least 1; exits where it is none.
long setting(const char *name, long usual);
