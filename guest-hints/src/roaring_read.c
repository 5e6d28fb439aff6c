#include "roaring.h"
#include "roaring_format.h"

struct reader
{
  const uint8_t *data;
  size_t size;
  size_t at;
  roaring_run *run;
  void *context;
};

// The next `size` bytes, or NULL, with `err` filled, where so many are not left.
static const uint8_t *
take(struct reader *reader, size_t size, struct error *err)
{
  if (reader->size - reader->at < size)
    {
      fail(err, 0, "at byte %zu: %zu bytes are left, %zu needed", reader->at, reader->size - reader->at, size);
      return NULL;
    }
  const uint8_t *bytes = reader->data + reader->at;
  reader->at += size;
  return bytes;
}

static int
read_runs(struct reader *reader, uint32_t base, uint32_t cardinality, struct error *err)
{
  const uint8_t *head = take(reader, 2, err);
  if (head == NULL)
    return -1;
  uint32_t n = get_u16(head);
  const uint8_t *runs = take(reader, 4 * (size_t) n, err);
  if (runs == NULL)
    return -1;
  uint32_t end = 0, members = 0; // first frame after the runs so far
  for (uint32_t i = 0; i < n; i++, runs += 4)
    {
      uint32_t first = get_u16(runs), count = get_u16(runs + 2) + 1u;
      if (first < end || first + count > CONTAINER_FRAMES)
        return fail(err, 0, "run %u of container %u is %u..%u, expected within %u..65535", i, base >> 16, first,
                    first + count - 1, end);
      end = first + count;
      members += count;
      if (reader->run(reader->context, base + first, count, err) < 0)
        return -1;
    }
  if (members != cardinality)
    return fail(err, 0, "container %u has %u members, expected %u", base >> 16, members, cardinality);
  return 0;
}

static int
read_array(struct reader *reader, uint32_t base, uint32_t cardinality, struct error *err)
{
  const uint8_t *values = take(reader, 2 * (size_t) cardinality, err);
  if (values == NULL)
    return -1;
  for (uint32_t i = 0; i < cardinality; i++, values += 2)
    {
      if (i > 0 && get_u16(values) <= get_u16(values - 2))
        return fail(err, 0, "container %u has %u after %u, expected it to ascend", base >> 16, get_u16(values),
                    get_u16(values - 2));
      if (reader->run(reader->context, base + get_u16(values), 1, err) < 0)
        return -1;
    }
  return 0;
}

static int
read_bitmap(struct reader *reader, uint32_t base, uint32_t cardinality, struct error *err)
{
  const uint8_t *bits = take(reader, BITMAP_BYTES, err);
  if (bits == NULL)
    return -1;
  uint32_t members = 0;
  for (uint32_t i = 0; i < CONTAINER_FRAMES; i++)
    {
      uint32_t first = i;
      while (i < CONTAINER_FRAMES && bits[i / 8] >> i % 8 & 1)
        i++;
      if (i > first && reader->run(reader->context, base + first, i - first, err) < 0)
        return -1;
      members += i - first;
    }
  if (members != cardinality)
    return fail(err, 0, "container %u has %u members, expected %u", base >> 16, members, cardinality);
  return 0;
}

// Reads cookie and number of containers; *flags gets the bits that tell which are runs, NULL where none is.
static int
read_cookie(struct reader *reader, uint32_t *n, const uint8_t **flags, struct error *err)
{
  const uint8_t *bytes = take(reader, 4, err);
  if (bytes == NULL)
    return -1;
  uint32_t cookie = get_u32(bytes);
  *flags = NULL;
  if ((cookie & 0xffff) == COOKIE_RUNS)
    {
      *n = (cookie >> 16) + 1;
      *flags = take(reader, (*n + 7) / 8, err);
      return *flags == NULL ? -1 : 0;
    }
  if (cookie != COOKIE_PLAIN)
    return fail(err, 0, "cookie is %u, expected %d or %d", cookie, COOKIE_PLAIN, COOKIE_RUNS);
  bytes = take(reader, 4, err);
  if (bytes == NULL)
    return -1;
  *n = get_u32(bytes);
  if (*n == 0 || *n > 65536)
    return fail(err, 0, "%u containers, expected 1 to 65536", *n);
  return 0;
}

int
roaring_read(const uint8_t *data, size_t size, roaring_run *run, void *context, size_t *used, struct error *err)
{
  struct reader reader = { .data = data, .size = size, .run = run, .context = context };
  uint32_t n = 0;
  const uint8_t *flags = NULL;
  if (read_cookie(&reader, &n, &flags, err) < 0)
    return -1;
  const uint8_t *heads = take(&reader, 4 * (size_t) n, err);
  if (heads == NULL)
    return -1;
  if ((flags == NULL || n >= OFFSETS_FROM) && take(&reader, 4 * (size_t) n, err) == NULL)
    return -1;

  for (uint32_t i = 0; i < n; i++, heads += 4)
    {
      uint32_t key = get_u16(heads), cardinality = get_u16(heads + 2) + 1u;
      if (i > 0 && key <= get_u16(heads - 4))
        return fail(err, 0, "key %u after %u, expected keys to ascend", key, get_u16(heads - 4));
      bool is_run = flags != NULL && flags[i / 8] >> i % 8 & 1;
      int done = is_run                      ? read_runs(&reader, key << 16, cardinality, err)
                 : cardinality <= ARRAY_MAX ? read_array(&reader, key << 16, cardinality, err)
                                             : read_bitmap(&reader, key << 16, cardinality, err);
      if (done < 0)
        return -1;
    }
  *used = reader.at;
  return 0;
}
