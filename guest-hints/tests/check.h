// As much of a test framework as these tests need.
#pragma once

#include <stdbool.h>
#include <stdio.h>

extern int checks_passed, checks_failed;

// Counts a check; one that fails says where and what.
#define CHECK(holds, ...)                                 \
  do                                                      \
    {                                                     \
      if (holds)                                          \
        checks_passed++;                                  \
      else                                                \
        {                                                 \
          checks_failed++;                                \
          fprintf(stderr, "%s:%d: ", __FILE__, __LINE__); \
          fprintf(stderr, __VA_ARGS__);                   \
          fputc('\n', stderr);                            \
        }                                                 \
    }                                                     \
  while (0)

// What a reader reported of a hint set: content as in vectors.tsv, and a tag for each frame.
struct seen
{
  char content[4096];
  struct hint_info info;
  struct hint_rank ranks[64];
  size_t sections;
};

void test_vectors(const char *folder);
void test_roaring(void);
void test_rank(void);
void test_windows(void);
