// The hint format of docs/hint-format.md: what a guest tells about its memory.
#pragma once

#include "buffer.h"
#include "error.h"

enum
{
  HINT_FRAMES_MAX = 1 << 28, // 1 TiB in frames of 4 KiB
  HINT_BYTES_MAX = 64 << 20,
  HINT_SECTIONS_MAX = 64,
};

enum hint_class
{
  HINT_HOT = 1,
  HINT_KERNEL,
  HINT_CACHE,
  HINT_HUGE,
  HINT_OTHER,
};

// "hot" and so on; "?" for what is no class.
const char *hint_class_name(int class);

struct hint_info
{
  uint64_t frames;     // all frame numbers are below this
  uint64_t taken_ms;   // wall clock when the last window ended, ms since 1970
  uint32_t windows;    // observation windows
  uint32_t collect_ms; // time spent collecting
};

struct hint_section
{
  uint8_t class;
  uint8_t heat;
  uint32_t pages;
  uint32_t first; // lowest frame
  uint32_t last;  // highest frame
};

// What a section is to hold: its class and heat.
struct hint_rank
{
  uint8_t class;
  uint8_t heat;
};

// Appends a hint set to `out`. tags[i], for each of info->frames frames, is 0 where frame i stands in no section and
// 1 + r where it belongs to ranks[r]; sections come in the order of `ranks`, ranks without a frame are left out.
int hint_set_write(struct buffer *out, const struct hint_info *info, const struct hint_rank *ranks, size_t n_ranks,
                   const uint8_t *tags, struct error *err);

// Called for each section in turn; -1, with `err` filled, ends the reading.
typedef int hint_section_seen(void *context, const struct hint_section *section, struct error *err);

// Reads and checks a whole hint set. The error's message begins with the field that is wrong, as
// docs/hint-format.md names it, and a colon. Sections before the fault have been reported by then.
int hint_set_read(const uint8_t *data, size_t size, struct hint_info *info, hint_section_seen *seen, void *context,
                  struct error *err);
