// What the eBPF program and the daemon share.
#pragma once

#define ACCESSED_CHUNK 32768 // frames in one element of the map `frames`

#define WINDOWS_MAX 6

// A frame's byte: the lowest WINDOWS_MAX bits say in which windows it was accessed.
#define FRAME_MAPPED_HUGE 0x40 // by an entry for a huge page, which speaks for all of it
#define FRAME_MAPPED 0x80      // some process has it in its page tables
