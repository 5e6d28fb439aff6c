// Sets of frame numbers in RoaringBitmap's portable serialization (RoaringFormatSpec). Own code because
// Debian ships no static libroaring, and because this reader trusts nothing; the unit tests hold it against libroaring.
#pragma once

#include "buffer.h"
#include "error.h"

// Appends the set of all frames i < frames with tags[i] == tag. There must be at least one, and frames <= 2^28.
// Each container (65536 frames) takes its smallest form.
int roaring_write(struct buffer *out, const uint8_t *tags, uint64_t frames, uint8_t tag, struct error *err);

// Called for each run of frames, ascending and disjoint. A return of -1, with `err` filled, ends the reading.
typedef int roaring_run(void *context, uint32_t first, uint32_t count, struct error *err);

// Reads a set from the beginning of `data` and calls `run` for its frames; *used gets the bytes that it took. An input
// that does not parse (docs/hint-format.md says when) is an error that names the offset; runs may have been reported
// before it. Memory: none.
int roaring_read(const uint8_t *data, size_t size, roaring_run *run, void *context, size_t *used, struct error *err);
