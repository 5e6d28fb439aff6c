#pragma once

#include "error.h"

// Clears the accessed bits in the page tables of all processes, by /proc/PID/clear_refs (proc(5)). TLBs keep what they
// hold: see tlb_flush.h. Processes that end meanwhile are no error.
int clear_refs(struct error *err);
