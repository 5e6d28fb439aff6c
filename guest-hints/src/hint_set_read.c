#include "crc32c.h"
#include "hint_format.h"
#include "hint_set.h"
#include "roaring.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

struct reader
{
  const uint8_t *at;  // next byte to read
  const uint8_t *end; // the trailer begins here
  uint64_t frames;
  uint8_t *taken; // one bit a frame: stands in a section
};

const char *
hint_class_name(int class)
{
  static const char *const names[] = { "?", "hot", "kernel", "cache", "huge", "other" };
  return class >= HINT_HOT && class <= HINT_OTHER ? names[class] : names[0];
}

static int
read_header(const uint8_t *data, size_t size, struct hint_info *info, struct error *err)
{
  if (size < HINT_HEADER_BYTES + HINT_TRAILER_BYTES)
    return fail(err, 0, "length: %zu bytes, expected at least %d", size, HINT_HEADER_BYTES + HINT_TRAILER_BYTES);
  if (memcmp(data, HINT_MAGIC, 4) != 0)
    return fail(err, 0, "magic: %02x%02x%02x%02x, expected %s", data[0], data[1], data[2], data[3], HINT_MAGIC);
  if (get_u16(data + 4) != HINT_VERSION)
    return fail(err, 0, "version: %u, expected %d", get_u16(data + 4), HINT_VERSION);
  uint64_t length = get_u64(data + 32);
  if (length > HINT_BYTES_MAX)
    return fail(err, 0, "length: %" PRIu64 ", expected at most %d", length, HINT_BYTES_MAX);
  if (length != size)
    return fail(err, 0, "length: %" PRIu64 ", but the input has %zu bytes", length, size);
  uint32_t crc = get_u32(data + size - HINT_TRAILER_BYTES), expected = crc32c(data, size - HINT_TRAILER_BYTES);
  if (crc != expected)
    return fail(err, 0, "crc: %08x, expected %08x", crc, expected);
  if (get_u16(data + 6) > HINT_SECTIONS_MAX)
    return fail(err, 0, "sections: %u, expected at most %d", get_u16(data + 6), HINT_SECTIONS_MAX);

  *info = (struct hint_info){
    .frames = get_u64(data + 8),
    .taken_ms = get_u64(data + 16),
    .windows = get_u32(data + 24),
    .collect_ms = get_u32(data + 28),
  };
  if (info->frames == 0 || info->frames > HINT_FRAMES_MAX)
    return fail(err, 0, "frames: %" PRIu64 ", expected 1 to %d", info->frames, HINT_FRAMES_MAX);
  return 0;
}

struct extent
{
  uint64_t pages;
  uint32_t first, last;
};

static int
measure(void *context, uint32_t first, uint32_t count, struct error *err)
{
  (void) err;
  struct extent *extent = context;
  if (extent->pages == 0)
    extent->first = first;
  extent->pages += count;
  extent->last = first + count - 1;
  return 0;
}

static int
take_frames(void *context, uint32_t first, uint32_t count, struct error *err)
{
  struct reader *reader = context;
  for (uint32_t frame = first; frame < first + count; frame++)
    {
      if (reader->taken[frame / 8] >> frame % 8 & 1)
        return fail(err, 0, "overlap: frame %u stands in an earlier section too", frame);
      reader->taken[frame / 8] |= (uint8_t) (1 << frame % 8);
    }
  return 0;
}

static int
read_section(struct reader *reader, unsigned number, struct hint_section *section, struct error *err)
{
  if (reader->end - reader->at < HINT_SECTION_BYTES)
    return fail(err, 0, "sections: %td bytes are left for section %u, expected at least %d", reader->end - reader->at,
                number, HINT_SECTION_BYTES);
  const uint8_t *head = reader->at;
  *section = (struct hint_section){ .class = head[0], .heat = head[1], .pages = get_u32(head + 4) };
  uint16_t zero = get_u16(head + 2);
  uint32_t bytes = get_u32(head + 8);
  reader->at += HINT_SECTION_BYTES;
  if (section->class < HINT_HOT || section->class > HINT_OTHER)
    return fail(err, 0, "class: %u in section %u, expected 1 to 5", section->class, number);
  if (zero != 0)
    return fail(err, 0, "zero: %u in section %u, expected 0", zero, number);
  if (bytes > reader->end - reader->at)
    return fail(err, 0, "bytes: %u in section %u, but %td are left", bytes, number, reader->end - reader->at);

  struct extent extent = { 0 };
  struct error cause;
  size_t used;
  if (roaring_read(reader->at, bytes, measure, &extent, &used, &cause) < 0)
    return fail(err, 0, "set: section %u: %.200s", number, cause.message);
  if (used != bytes)
    return fail(err, 0, "bytes: %u in section %u, but its bitmap ends after %zu", bytes, number, used);
  if (section->pages != extent.pages)
    return fail(err, 0, "pages: %u in section %u, but its bitmap holds %" PRIu64, section->pages, number, extent.pages);
  if (extent.last >= reader->frames)
    return fail(err, 0, "frame: %u in section %u, expected below %" PRIu64, extent.last, number, reader->frames);
  section->first = extent.first;
  section->last = extent.last;

  if (roaring_read(reader->at, bytes, take_frames, reader, &used, err) < 0)
    return -1;
  reader->at += bytes;
  return 0;
}

int
hint_set_read(const uint8_t *data, size_t size, struct hint_info *info, hint_section_seen *seen, void *context,
              struct error *err)
{
  if (read_header(data, size, info, err) < 0)
    return -1;
  cleanup_free uint8_t *taken = calloc(info->frames / 8 + 1, 1); // at most 32 MiB
  if (taken == NULL)
    return fail(err, ENOMEM, "memory to check for overlaps");
  struct reader reader = {
    .at = data + HINT_HEADER_BYTES,
    .end = data + size - HINT_TRAILER_BYTES,
    .frames = info->frames,
    .taken = taken,
  };
  unsigned sections = get_u16(data + 6);
  for (unsigned number = 0; number < sections; number++)
    {
      struct hint_section section;
      if (read_section(&reader, number, &section, err) < 0 || seen(context, &section, err) < 0)
        return -1;
    }
  if (reader.at != reader.end)
    return fail(err, 0, "sections: %u, but %td bytes follow them", sections, reader.end - reader.at);
  return 0;
}
