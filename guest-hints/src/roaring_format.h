// Numbers of the RoaringFormatSpec that its reader and its writer share.
#pragma once

#include <stdbool.h>

enum
{
  COOKIE_RUNS = 12347,  // with run containers: the number of containers less 1 stands in the cookie's upper half
  COOKIE_PLAIN = 12346, // without: the number follows as 32 bits
  OFFSETS_FROM = 4,     // a set with runs has an offset header from so many containers on; one without has it always
  ARRAY_MAX = 4096,     // members of a container up to which it is an array, above which a bitmap
  BITMAP_BYTES = 8192,
  CONTAINER_FRAMES = 65536,
};
