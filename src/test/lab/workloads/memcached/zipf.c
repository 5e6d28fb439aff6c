// Drawing by Gray et al., "Quickly generating billion-record synthetic databases", SIGMOD 1994, section 3.
#include "zipf.h"

#include <math.h>

static const double skew = 0.99;

struct zipf
zipf_over(uint64_t items)
{
  double zeta = 0;
  for (uint64_t i = 1; i <= items; i++)
    zeta += pow((double) i, -skew);
  double zeta2 = 1 + pow(2, -skew);
  return (struct zipf){
    .items = items,
    .zeta = zeta,
    .alpha = 1 / (1 - skew),
    .eta = (1 - pow(2.0 / (double) items, 1 - skew)) / (1 - zeta2 / zeta),
    .half = zeta2,
  };
}

static uint64_t
rank(const struct zipf *zipf, double uniform)
{
  double z = uniform * zipf->zeta;
  if (z < 1)
    return 0;
  if (z < zipf->half)
    return 1;
  return (uint64_t) ((double) zipf->items * pow(zipf->eta * uniform - zipf->eta + 1, zipf->alpha));
}

// FNV-1a over the rank's bytes: YCSB scatters its popular items this way, too.
uint64_t
zipf_draw(const struct zipf *zipf, double uniform)
{
  uint64_t number = rank(zipf, uniform), hash = 0xcbf29ce484222325ULL;
  for (int i = 0; i < 8; i++, number >>= 8)
    hash = (hash ^ (number & 0xff)) * 0x100000001b3ULL;
  return hash % zipf->items;
}
