#pragma once

#include <stddef.h>
#include <stdint.h>

// CRC-32C (Castagnoli) as in iSCSI, RFC 3720: reflected polynomial 0x82F63B78, initial value and final xor all ones.
uint32_t crc32c(const uint8_t *data, size_t size);
