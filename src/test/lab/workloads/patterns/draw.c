#include "draw.h"

#include <math.h>

#define THETA 0.99 // YCSB's

enum
{
  ONE_IN = 10,
  SPAN_PAGES = 512,
};

// xorshift64, Marsaglia 2003.
static uint64_t
next_random(struct draw *draw)
{
  draw->random ^= draw->random << 13;
  draw->random ^= draw->random >> 7;
  draw->random ^= draw->random << 17;
  return draw->random;
}

static size_t
hot_page(const struct draw *draw, size_t i)
{
  return i * ONE_IN + draw->shift % ONE_IN;
}

size_t
draw_one(struct draw *draw)
{
  return draw->pages / 2;
}

size_t
draw_any(struct draw *draw)
{
  return next_random(draw) % draw->pages;
}

size_t
draw_scattered(struct draw *draw)
{
  return hot_page(draw, next_random(draw) % (draw->pages / ONE_IN));
}

// Gray et al., "Quickly Generating Billion-Record Synthetic Databases", 1994: needs no table, which would be one more
// hot set.
static void
zipf_begin(struct zipf *zipf, size_t n)
{
  zipf->n = (double) n;
  zipf->zeta = 0;
  for (size_t i = 1; i <= n; i++)
    zipf->zeta += pow((double) i, -THETA);
  zipf->half = pow(0.5, THETA);
  zipf->eta = (1 - pow(2 / zipf->n, 1 - THETA)) / (1 - (1 + zipf->half) / zipf->zeta);
}

// 0 most often.
static size_t
zipf_rank(const struct zipf *zipf, uint64_t random)
{
  double uniform = (double) (random >> 11) / (double) (1ULL << 53);
  if (uniform * zipf->zeta < 1)
    return 0;
  if (uniform * zipf->zeta < 1 + zipf->half)
    return 1;
  size_t rank = (size_t) (zipf->n * pow(zipf->eta * uniform - zipf->eta + 1, 1 / (1 - THETA)));
  return rank < (size_t) zipf->n ? rank : (size_t) zipf->n - 1;
}

// Spreads ranks: neighbours in rank are none in memory. A prime that does not divide `n` makes it a permutation.
static size_t
scatter(size_t rank, size_t n)
{
  return rank * 2654435761 % n;
}

void
zipf_over_pages(struct draw *draw)
{
  zipf_begin(&draw->zipf, draw->pages / ONE_IN);
}

size_t
draw_zipf(struct draw *draw)
{
  return hot_page(draw, scatter(zipf_rank(&draw->zipf, next_random(draw)), draw->pages / ONE_IN));
}

void
zipf_over_spans(struct draw *draw)
{
  zipf_begin(&draw->zipf, draw->pages / SPAN_PAGES);
}

size_t
draw_zipf_span(struct draw *draw)
{
  size_t span = scatter(zipf_rank(&draw->zipf, next_random(draw)), draw->pages / SPAN_PAGES);
  return span * SPAN_PAGES + next_random(draw) % SPAN_PAGES;
}
