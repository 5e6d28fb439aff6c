// Numbers of docs/hint-format.md that the hint set's reader and writer share.
#pragma once

enum
{
  HINT_VERSION = 1,
  HINT_HEADER_BYTES = 40,
  HINT_SECTION_BYTES = 12, // head of a section, without its set
  HINT_TRAILER_BYTES = 4,
};

#define HINT_MAGIC "HFHT"
