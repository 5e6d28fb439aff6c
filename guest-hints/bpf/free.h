// What the eBPF program and the daemon share.
#pragma once

#define FREE_AT_ONCE 4096 // frames asked for in one run
