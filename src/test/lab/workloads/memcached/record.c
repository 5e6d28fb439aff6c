#include "record.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum
{
  WORDS = VALUE_BYTES / 8,
};

void
record_key(char key[KEY_BYTES + 1], uint64_t record)
{
  snprintf(key, KEY_BYTES + 1, "user%010llu", (unsigned long long) (record % 10000000000));
}

// Words after the first follow from it and the record's number: an update that came by half shows.
void
record_value(char value[VALUE_BYTES], uint64_t record, uint64_t version)
{
  uint64_t word = version;
  for (int i = 0; i < WORDS; i++)
    {
      memcpy(value + 8 * i, &word, 8);
      word = (word ^ record) * 6364136223846793005ULL + 1442695040888963407ULL; // Knuth, MMIX
    }
}

bool
record_holds(const char value[VALUE_BYTES], uint64_t record)
{
  uint64_t version;
  char expected[VALUE_BYTES];
  memcpy(&version, value, 8);
  record_value(expected, record, version);
  return memcmp(value, expected, VALUE_BYTES) == 0;
}

long
setting(const char *name, long usual)
{
  const char *text = getenv(name);
  char *end;
  long number = text != NULL ? strtol(text, &end, 10) : usual;
  if (number < 1 || (text != NULL && *end != '\0'))
    errx(1, "%s=%s: expected a number from 1 on", name, text);
  return number;
}
