// libFuzzer's way into the reader of hint sets, which trusts nothing. What it accepts must hold together.
#include "../src/crc32c.h"
#include "../src/hint_set.h"

#include <stdlib.h>
#include <string.h>

static int
seen(void *pages, const struct hint_section *section, struct error *err)
{
  (void) err;
  if (section->pages == 0 || section->first > section->last || section->last - section->first + 1U < section->pages)
    abort();
  *(uint64_t *) pages += section->pages;
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct hint_info info;
  struct error err;
  uint64_t pages = 0;
  // Length and checksum would keep nearly every input out: they are put right first.
  cleanup_buffer struct buffer set = { 0 };
  if (buffer_reserve(&set, size, &err) < 0)
    return 0;
  put_bytes(&set, data, size);
  if (size >= 44)
    {
      memset(set.data + 32, 0, 8);
      memcpy(set.data + 32, &size, 4);
      set.size -= 4;
      put_u32(&set, crc32c(set.data, set.size));
    }
  if (hint_set_read(set.data, set.size, &info, seen, &pages, &err) == 0 && pages > info.frames)
    abort();
  return 0;
}
