/* The hash that says into which bucket an n-gram goes.
 *
 * It is our own and has a version, since runs and tables that were written on
 * one machine are merged on another. It is a function of the bytes of the
 * n-gram: of its words, which spaces separate. That two n-grams share a hash
 * does no harm: a bucket is merged by bytes. */
#ifndef CK_NGRAM_HASH_H
#define CK_NGRAM_HASH_H

#include "bytes.h"
#include "core.h"

enum { CK_HASH_VERSION = 1 };

/* The last step of SplitMix64 (Steele, Lea & Flood 2014). */
static inline uint64_t ck_hash_mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

/* Up to eight bytes as a number, the first one lowest on every machine. */
static inline uint64_t ck_hash_part(const uint8_t *bytes, size_t length) {
  uint64_t part = 0;
  if (length >= 8) return ck_load_little(bytes);
  for (size_t j = 0; j < length; j++) part |= (uint64_t)bytes[j] << (8 * j);
  return part;
}

CK_UNUSED static uint64_t ck_hash_word(const uint8_t *bytes, size_t length) {
  uint64_t hash = (uint64_t)length * 0x9E3779B97F4A7C15u;
  for (size_t i = 0; i < length; i += 8) hash = ck_hash_mix(hash ^ ck_hash_part(bytes + i, length - i));
  return hash;
}

/* Of the words before it and of one more word. */
static inline uint64_t ck_hash_join(uint64_t hash, uint64_t word) {
  return ck_hash_mix(hash * 0xD1342543DE82EF95u + word);
}

/* Of a row of a table: its text and its counts. Sums of these, which may wrap, do not depend on the order of
 * rows, and so tell tables from one another however they were cut. */
CK_UNUSED static uint64_t ck_hash_row(const uint8_t *text, size_t length, uint64_t count, uint64_t documents) {
  return ck_hash_join(ck_hash_join(ck_hash_word(text, length), count), documents);
}

#endif
