// What the CPUs can do.
#pragma once

#include "error.h"

#include <stdbool.h>

// Does x86's list of flags in /proc/cpuinfo name this one? No, on other architectures.
int cpu_has(const char *flag, bool *has, struct error *err);
