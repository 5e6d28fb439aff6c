// A byte string that grows, and little-endian numbers in it.
#pragma once

#include "cleanup.h"
#include "error.h"

#include <stddef.h>
#include <stdint.h>

struct buffer
{
  uint8_t *data;
  size_t size;     // bytes in use
  size_t capacity; // bytes allocated
};

// Makes room for `more` bytes, after which put_* of so many bytes cannot fail.
int buffer_reserve(struct buffer *buffer, size_t more, struct error *err);

void put_bytes(struct buffer *buffer, const void *bytes, size_t size);
void put_u8(struct buffer *buffer, uint8_t value);
void put_u16(struct buffer *buffer, uint16_t value);
void put_u32(struct buffer *buffer, uint32_t value);
void put_u64(struct buffer *buffer, uint64_t value);

uint16_t get_u16(const uint8_t *at);
uint32_t get_u32(const uint8_t *at);
uint64_t get_u64(const uint8_t *at);

// Reads `file` to its end into `buffer`; more than `limit` bytes are an error.
int buffer_read_file(struct buffer *buffer, FILE *file, size_t limit, struct error *err);

void buffer_free(struct buffer *buffer);

#define cleanup_buffer __attribute__((cleanup(buffer_free)))
