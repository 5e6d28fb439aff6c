// What the eBPF program and the daemon share.
#pragma once

#define ACCESSED_CHUNK 32768 // frames in one element of the map `frames`

// A frame's byte: in how many windows it was accessed, and whether it was in the one that goes on.
#define FRAME_HEAT 0x0f
#define FRAME_SEEN 0x10
#define FRAME_MAPPED_HUGE 0x40 // by an entry for a huge page, which speaks for all of it
#define FRAME_MAPPED 0x80      // some process has it in its page tables
