#include "crc32c.h"

uint32_t
crc32c(const uint8_t *data, size_t size)
{
  static uint32_t table[256]; // filled at the first call
  if (table[1] == 0)
    for (uint32_t byte = 0; byte < 256; byte++)
      {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++)
          crc = crc >> 1 ^ (crc & 1 ? 0x82F63B78 : 0);
        table[byte] = crc;
      }
  uint32_t crc = UINT32_MAX;
  for (size_t i = 0; i < size; i++)
    crc = crc >> 8 ^ table[(crc ^ data[i]) & 0xff];
  return ~crc;
}
