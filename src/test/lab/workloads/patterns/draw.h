// Which page is accessed next: one function for each distribution.
#pragma once

#include <stddef.h>
#include <stdint.h>

// What a thread needs to draw pages.
struct draw
{
  uint64_t random; // the generator's state, never 0
  size_t pages;    // pages are numbered from 0 to this; a multiple of 512
  size_t shift;    // moves the hot set of the scattered and of Zipf's pages
  struct zipf
  {
    double n, zeta, eta, half;
  } zipf;
};

typedef size_t draw_page(struct draw *draw);

// Always the same page.
draw_page draw_one;

// All pages, uniformly.
draw_page draw_any;

// One page in ten, uniformly.
draw_page draw_scattered;

// The same pages, by Zipf's law.
void zipf_over_pages(struct draw *draw);
draw_page draw_zipf;

// All spans of 2 MiB by Zipf's law, and uniformly inside.
void zipf_over_spans(struct draw *draw);
draw_page draw_zipf_span;
