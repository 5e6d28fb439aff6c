#include "buffer.h"

#include <errno.h>
#include <string.h>

int
buffer_reserve(struct buffer *buffer, size_t more, struct error *err)
{
  if (buffer->capacity - buffer->size >= more)
    return 0;
  size_t capacity = buffer->size + more;
  if (capacity < 2 * buffer->capacity)
    capacity = 2 * buffer->capacity;
  uint8_t *data = realloc(buffer->data, capacity);
  if (data == NULL)
    return fail(err, ENOMEM, "%zu bytes", capacity);
  buffer->data = data;
  buffer->capacity = capacity;
  return 0;
}

void
put_bytes(struct buffer *buffer, const void *bytes, size_t size)
{
  if (size > 0) // of an empty buffer, data is NULL
    memcpy(buffer->data + buffer->size, bytes, size);
  buffer->size += size;
}

void
put_u8(struct buffer *buffer, uint8_t value)
{
  buffer->data[buffer->size++] = value;
}

void
put_u16(struct buffer *buffer, uint16_t value)
{
  put_u8(buffer, (uint8_t) value);
  put_u8(buffer, (uint8_t) (value >> 8));
}

void
put_u32(struct buffer *buffer, uint32_t value)
{
  put_u16(buffer, (uint16_t) value);
  put_u16(buffer, (uint16_t) (value >> 16));
}

void
put_u64(struct buffer *buffer, uint64_t value)
{
  put_u32(buffer, (uint32_t) value);
  put_u32(buffer, (uint32_t) (value >> 32));
}

uint16_t
get_u16(const uint8_t *at)
{
  return (uint16_t) (at[0] | at[1] << 8);
}

uint32_t
get_u32(const uint8_t *at)
{
  return get_u16(at) | (uint32_t) get_u16(at + 2) << 16;
}

uint64_t
get_u64(const uint8_t *at)
{
  return get_u32(at) | (uint64_t) get_u32(at + 4) << 32;
}

int
buffer_read_file(struct buffer *buffer, FILE *file, size_t limit, struct error *err)
{
  for (;;)
    {
      if (buffer_reserve(buffer, 65536, err) < 0)
        return -1;
      size_t got = fread(buffer->data + buffer->size, 1, 65536, file);
      buffer->size += got;
      if (buffer->size > limit)
        return fail(err, 0, "longer than %zu bytes", limit);
      if (got < 65536)
        return ferror(file) ? fail(err, errno, "read") : 0;
    }
}

void
buffer_free(struct buffer *buffer)
{
  free(buffer->data);
  *buffer = (struct buffer){ 0 };
}
