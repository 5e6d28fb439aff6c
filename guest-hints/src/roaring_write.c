#include "roaring.h"
#include "roaring_format.h"

#include <errno.h>
#include <string.h>

// What one container would hold, found in a first pass so that the header can be written before the bodies.
struct container
{
  uint16_t key;
  uint32_t cardinality;
  uint32_t runs;
};

static size_t
plain_size(const struct container *container)
{
  return container->cardinality <= ARRAY_MAX ? 2 * container->cardinality : BITMAP_BYTES;
}

static size_t
run_size(const struct container *container)
{
  return 2 + 4 * container->runs;
}

static bool
is_run(const struct container *container)
{
  return run_size(container) < plain_size(container);
}

static size_t
body_size(const struct container *container)
{
  return is_run(container) ? run_size(container) : plain_size(container);
}

static uint32_t
frames_of(uint16_t key, uint64_t frames)
{
  uint64_t left = frames - (uint64_t) key * CONTAINER_FRAMES;
  return left < CONTAINER_FRAMES ? (uint32_t) left : CONTAINER_FRAMES;
}

// The first frame from `from` on that has the tag, else `count`. Few have any given one.
static uint32_t
next_member(const uint8_t *tags, uint32_t from, uint32_t count, uint8_t tag)
{
  const uint8_t *found = memchr(tags + from, tag, count - from);
  return found != NULL ? (uint32_t) (found - tags) : count;
}

// The first frame from `from` on that does not have the tag, else `count`.
static uint32_t
end_of_run(const uint8_t *tags, uint32_t from, uint32_t count, uint8_t tag)
{
  while (from < count && tags[from] == tag)
    from++;
  return from;
}

static struct container
survey(const uint8_t *tags, uint32_t count, uint8_t tag, uint16_t key)
{
  struct container container = { .key = key };
  uint32_t end;
  for (uint32_t i = next_member(tags, 0, count, tag); i < count; i = next_member(tags, end, count, tag))
    {
      end = end_of_run(tags, i, count, tag);
      container.cardinality += end - i;
      container.runs++;
    }
  return container;
}

static void
put_runs(struct buffer *out, const uint8_t *tags, uint32_t count, uint8_t tag, uint32_t runs)
{
  put_u16(out, (uint16_t) runs);
  uint32_t end;
  for (uint32_t i = next_member(tags, 0, count, tag); i < count; i = next_member(tags, end, count, tag))
    {
      end = end_of_run(tags, i, count, tag);
      put_u16(out, (uint16_t) i);
      put_u16(out, (uint16_t) (end - i - 1));
    }
}

static void
put_array(struct buffer *out, const uint8_t *tags, uint32_t count, uint8_t tag)
{
  for (uint32_t i = next_member(tags, 0, count, tag); i < count; i = next_member(tags, i + 1, count, tag))
    put_u16(out, (uint16_t) i);
}

static void
put_bitmap(struct buffer *out, const uint8_t *tags, uint32_t count, uint8_t tag)
{
  uint8_t bits[BITMAP_BYTES] = { 0 };
  for (uint32_t i = next_member(tags, 0, count, tag); i < count; i = next_member(tags, i + 1, count, tag))
    bits[i / 8] |= (uint8_t) (1 << i % 8);
  put_bytes(out, bits, sizeof bits);
}

static void
put_header(struct buffer *out, const struct container *containers, uint32_t n)
{
  bool with_runs = false;
  for (uint32_t i = 0; i < n; i++)
    with_runs |= is_run(&containers[i]);

  size_t start = out->size;
  if (with_runs)
    {
      put_u32(out, COOKIE_RUNS | (n - 1) << 16);
      for (uint32_t i = 0; i < n; i += 8)
        {
          uint8_t flags = 0;
          for (uint32_t j = i; j < n && j < i + 8; j++)
            flags |= (uint8_t) (is_run(&containers[j]) << (j - i));
          put_u8(out, flags);
        }
    }
  else
    {
      put_u32(out, COOKIE_PLAIN);
      put_u32(out, n);
    }
  for (uint32_t i = 0; i < n; i++)
    {
      put_u16(out, containers[i].key);
      put_u16(out, (uint16_t) (containers[i].cardinality - 1));
    }
  if (!with_runs || n >= OFFSETS_FROM)
    {
      size_t offset = out->size - start + 4 * (size_t) n;
      for (uint32_t i = 0; i < n; i++)
        {
          put_u32(out, (uint32_t) offset);
          offset += body_size(&containers[i]);
        }
    }
}

int
roaring_write(struct buffer *out, const uint8_t *tags, uint64_t frames, uint8_t tag, struct error *err)
{
  uint32_t keys = (uint32_t) ((frames + CONTAINER_FRAMES - 1) / CONTAINER_FRAMES);
  cleanup_free struct container *containers = calloc(keys, sizeof *containers);
  if (containers == NULL)
    return fail(err, ENOMEM, "containers");

  uint32_t n = 0;
  size_t size = 8 + (keys + 7) / 8 + 8 * (size_t) keys; // header at its largest
  for (uint32_t key = 0; key < keys; key++)
    {
      const uint8_t *chunk = tags + (size_t) key * CONTAINER_FRAMES;
      containers[n] = survey(chunk, frames_of((uint16_t) key, frames), tag, (uint16_t) key);
      if (containers[n].cardinality > 0)
        size += body_size(&containers[n++]);
    }
  if (buffer_reserve(out, size, err) < 0)
    return -1;

  put_header(out, containers, n);
  for (uint32_t i = 0; i < n; i++)
    {
      const struct container *container = &containers[i];
      const uint8_t *chunk = tags + (size_t) container->key * CONTAINER_FRAMES;
      uint32_t count = frames_of(container->key, frames);
      if (is_run(container))
        put_runs(out, chunk, count, tag, container->runs);
      else if (container->cardinality <= ARRAY_MAX)
        put_array(out, chunk, count, tag);
      else
        put_bitmap(out, chunk, count, tag);
    }
  return 0;
}
