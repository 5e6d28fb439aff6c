#pragma once

#include "error.h"

// Has this guest what exact hints need: root, BTF, kpageflags, a kernel that lets eBPF read its memory? The error says
// what is missing and what to do.
int rung_check(struct error *err);
