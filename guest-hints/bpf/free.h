// What the eBPF program and the daemon share.
#pragma once

#define FREE_AT_ONCE 4096  // frames asked for in one run
#define FREE_ORDER_MAX 10  // of blocks of free frames: 4 MiB
