#include "windows.h"

#include <errno.h>

uint64_t
clock_ms(clockid_t clock)
{
  struct timespec now;
  clock_gettime(clock, &now);
  return (uint64_t) now.tv_sec * 1000 + (uint64_t) now.tv_nsec / 1000000;
}

void
sleep_ms(uint32_t ms)
{
  struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };
  while (nanosleep(&left, &left) < 0 && errno == EINTR)
    ;
}
