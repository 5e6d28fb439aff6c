// Own roaring code, held against libroaring: sets of random density and shape, written by one and read by the other.
#include "../src/hint_set.h"
#include "../src/roaring.h"
#include "check.h"

#include <roaring/roaring.h>
#include <string.h>

enum
{
  FRAMES = 300000,
};

static uint32_t random_state = 7;

static uint32_t
next_random(void)
{
  random_state = random_state * 1664525 + 1013904223;
  return random_state >> 8;
}

// Runs of up to `longest` frames, with gaps of up to `widest` between them.
static void
scatter(uint8_t *tags, uint32_t longest, uint32_t widest)
{
  memset(tags, 0, FRAMES);
  for (uint32_t at = next_random() % widest; at < FRAMES; at += 1 + next_random() % widest)
    for (uint32_t left = 1 + next_random() % longest; left > 0 && at < FRAMES; left--)
      tags[at++] = 1;
}

static roaring_bitmap_t *
of_tags(const uint8_t *tags)
{
  roaring_bitmap_t *bitmap = roaring_bitmap_create();
  for (uint32_t i = 0; i < FRAMES; i++)
    if (tags[i] == 1)
      roaring_bitmap_add(bitmap, i);
  return bitmap;
}

static int
add_run(void *context, uint32_t first, uint32_t count, struct error *err)
{
  (void) err;
  roaring_bitmap_add_range(context, first, (uint64_t) first + count);
  return 0;
}

static void
test_set(const uint8_t *tags, uint32_t longest, uint32_t widest)
{
  struct error err = { "" };
  cleanup_buffer struct buffer ours = { 0 };
  roaring_bitmap_t *expected = of_tags(tags);
  CHECK(roaring_write(&ours, tags, FRAMES, 1, &err) == 0, "%s", err.message);
  roaring_bitmap_t *theirs = roaring_bitmap_portable_deserialize_safe((const char *) ours.data, ours.size);
  CHECK(theirs != NULL && roaring_bitmap_equals(theirs, expected), "libroaring reads another set: %u/%u", longest,
        widest);

  for (int with_runs = 0; with_runs < 2; with_runs++)
    {
      if (with_runs)
        roaring_bitmap_run_optimize(expected);
      size_t size = roaring_bitmap_portable_size_in_bytes(expected), used = 0;
      CHECK(!with_runs || ours.size <= size, "%zu bytes, libroaring needs %zu: %u/%u", ours.size, size, longest, widest);
      cleanup_free char *data = malloc(size);
      roaring_bitmap_portable_serialize(expected, data);
      roaring_bitmap_t *read = roaring_bitmap_create();
      CHECK(roaring_read((const uint8_t *) data, size, add_run, read, &used, &err) == 0 && used == size
              && roaring_bitmap_equals(read, expected),
            "libroaring's set is read differently: %u/%u: %s", longest, widest, err.message);
      roaring_bitmap_free(read);
    }
  if (theirs != NULL)
    roaring_bitmap_free(theirs);
  roaring_bitmap_free(expected);
}

void
test_roaring(void)
{
  static const uint32_t sizes[] = { 1, 2, 7, 40, 3000, 100000 };
  cleanup_free uint8_t *tags = malloc(FRAMES);
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
    for (size_t j = 0; j < sizeof sizes / sizeof sizes[0]; j++)
      {
        scatter(tags, sizes[i], sizes[j]);
        tags[FRAMES - 1] = 1; // never empty
        test_set(tags, sizes[i], sizes[j]);
      }
}
