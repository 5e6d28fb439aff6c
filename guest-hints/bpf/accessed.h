// What the eBPF program and the daemon share.
#pragma once

#define ACCESSED_CHUNK 32768 // frames in one element of the map `windows`
