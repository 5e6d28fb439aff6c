// The map that the programs note accesses in: a byte for each frame, see accessed.h. In chunks, as an array map's value
// has a limited size.
#pragma once

#include "accessed.h"
#include "kernel_types.h"

#include <bpf/bpf_helpers.h>

typedef struct
{
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1); // set before loading
  __type(key, __u32);
  __uint(value_size, ACCESSED_CHUNK);
} frames_map;

extern frames_map frames SEC(".maps");

static __always_inline void
note(__u64 frame, __u8 bits)
{
  __u32 key = frame / ACCESSED_CHUNK;
  __u8 *chunk = bpf_map_lookup_elem(&frames, &key);
  if (chunk) // frames added since loading are not known
    chunk[frame % ACCESSED_CHUNK] |= bits;
}
