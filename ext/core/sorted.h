/* Sorting by parts of a key, and searching what is sorted. */
#ifndef CK_SORTED_H
#define CK_SORTED_H

#include "core.h"

/* Defines a pass of an LSD radix sort: a stable sort of `n` items by `bits` bits of their key, from bit `shift` on.
 * `places` is a buffer of 2^bits items. `key` is an expression of `item`, a pointer to one. */
#define CK_RADIX_PASS(name, type, key)                                                                           \
  CK_UNUSED static void name(const type *from, type *to, size_t n, unsigned shift, unsigned bits, size_t *places) { \
    const size_t mask = ((size_t)1 << bits) - 1;                                                                 \
    memset(places, 0, (mask + 1) * sizeof *places);                                                              \
    for (const type *item = from; item < from + n; item++) places[(key) >> shift & mask]++;                      \
    for (size_t digit = 0, place = 0; digit <= mask; digit++) {                                                  \
      size_t count = places[digit];                                                                              \
      places[digit] = place;                                                                                     \
      place += count;                                                                                            \
    }                                                                                                            \
    for (const type *item = from; item < from + n; item++) to[places[(key) >> shift & mask]++] = *item;          \
  }

/* The first of the ascending items from `low` up to `high` that is greater than `value`; `high` if there is none. */
CK_UNUSED static size_t ck_first_above(const uint64_t *items, size_t low, size_t high, uint64_t value) {
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (items[middle] <= value)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* The first of the ascending items from `low` up to `high` that is above `value`: steps double, then it is bisected. */
CK_UNUSED static size_t ck_gallop(const uint32_t *items, size_t low, size_t high, uint32_t value) {
  size_t step = 1, end = low;
  while (end < high && items[end] <= value) {
    low = end + 1;
    end = high - end > step ? end + step : high;
    step *= 2;
  }
  while (low < end) {
    size_t middle = low + (end - low) / 2;
    if (items[middle] <= value)
      low = middle + 1;
    else
      end = middle;
  }
  return low;
}

#endif
