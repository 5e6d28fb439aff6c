#include "crc32c.h"
#include "hint_format.h"
#include "hint_set.h"
#include "roaring.h"

// Overwrites bytes that were put before their value was known.
static void
patch(struct buffer *out, size_t at, void (*put)(struct buffer *, uint64_t), uint64_t value)
{
  size_t end = out->size;
  out->size = at;
  put(out, value);
  out->size = end;
}

static void
put_as_u16(struct buffer *out, uint64_t value)
{
  put_u16(out, (uint16_t) value);
}

static void
put_as_u32(struct buffer *out, uint64_t value)
{
  put_u32(out, (uint32_t) value);
}

static int
write_section(struct buffer *out, const struct hint_rank *rank, const uint8_t *tags, uint64_t frames, uint8_t tag,
              uint32_t pages, struct error *err)
{
  if (buffer_reserve(out, HINT_SECTION_BYTES, err) < 0)
    return -1;
  put_u8(out, rank->class);
  put_u8(out, rank->heat);
  put_u16(out, 0);
  put_u32(out, pages);
  size_t bytes_at = out->size;
  put_u32(out, 0);
  if (roaring_write(out, tags, frames, tag, err) < 0)
    return -1;
  patch(out, bytes_at, put_as_u32, out->size - bytes_at - 4);
  return 0;
}

int
hint_set_write(struct buffer *out, const struct hint_info *info, const struct hint_rank *ranks, size_t n_ranks,
               const uint8_t *tags, struct error *err)
{
  if (info->frames == 0 || info->frames > HINT_FRAMES_MAX)
    return fail(err, 0, "%llu frames, a hint set can tell of 1 to %d", (unsigned long long) info->frames,
                HINT_FRAMES_MAX);
  uint32_t pages[256] = { 0 };
  for (uint64_t i = 0; i < info->frames; i++)
    pages[tags[i]]++;

  size_t start = out->size;
  if (buffer_reserve(out, HINT_HEADER_BYTES, err) < 0)
    return -1;
  put_bytes(out, HINT_MAGIC, 4);
  put_u16(out, HINT_VERSION);
  size_t sections_at = out->size;
  put_u16(out, 0);
  put_u64(out, info->frames);
  put_u64(out, info->taken_ms);
  put_u32(out, info->windows);
  put_u32(out, info->collect_ms);
  size_t length_at = out->size;
  put_u64(out, 0);

  uint16_t sections = 0;
  for (size_t r = 0; r < n_ranks; r++)
    {
      uint8_t tag = (uint8_t) (r + 1);
      if (pages[tag] == 0)
        continue;
      if (write_section(out, &ranks[r], tags, info->frames, tag, pages[tag], err) < 0)
        return -1;
      sections++;
    }
  size_t length = out->size - start + HINT_TRAILER_BYTES;
  if (sections > HINT_SECTIONS_MAX || length > HINT_BYTES_MAX)
    return fail(err, 0, "%u sections of %zu bytes in all, a hint set has at most %d and %d", sections, length,
                HINT_SECTIONS_MAX, HINT_BYTES_MAX);
  patch(out, sections_at, put_as_u16, sections);
  patch(out, length_at, put_u64, length);
  if (buffer_reserve(out, HINT_TRAILER_BYTES, err) < 0)
    return -1;
  put_u32(out, crc32c(out->data + start, out->size - start));
  return 0;
}
