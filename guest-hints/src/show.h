#pragma once

#include "error.h"

#include <stdio.h>

// Prints a hint set as a table: a line for each section. Whatever is wrong with the set is an error.
int show(FILE *in, FILE *out, struct error *err);
