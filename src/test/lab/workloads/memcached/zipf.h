// Zipf's law over items, as YCSB draws them.
#pragma once

#include <stdint.h>

struct zipf
{
  uint64_t items;
  double zeta, alpha, eta, half;
};

// The skew is YCSB's, 0.99. Takes a time that grows with `items`.
struct zipf zipf_over(uint64_t items);

// An item from 0 to items - 1; the popular ones lie scattered among the others. `uniform` is drawn evenly from 0 to 1.
uint64_t zipf_draw(const struct zipf *zipf, double uniform);
