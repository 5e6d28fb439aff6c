// A byte for each frame, for rungs that have no map of the eBPF program's: see ../bpf/accessed.h.
#pragma once

#include "error.h"

#include <stdbool.h>
#include <stdint.h>

struct marks
{
  uint8_t *seen;
  uint64_t frames;
};

int marks_begin(struct marks *marks, uint8_t **seen, struct error *err);
void marks_end(struct marks *marks);

// Looks at the page flags of all frames: notes those as seen that show all of `all` and for which `accessed`, where there
// is such a function, holds; with `mapped` also what is mapped.
int marks_walk(struct marks *marks, bool mapped, uint64_t all, bool (*accessed)(uint64_t frame), struct error *err);
