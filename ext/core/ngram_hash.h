/* The hash that chooses the bucket of an n-gram.
 *
 * It is fixed and versioned, since runs and tables written on one machine are merged on another. It is a function of
 * the bytes of the n-gram: of its words, which are separated by spaces. Collisions are harmless, as a bucket is
 * merged by bytes. */
#ifndef CK_NGRAM_HASH_H
#define CK_NGRAM_HASH_H

#include "bytes.h"
#include "core.h"

enum { CK_HASH_VERSION = 1 };

/* Up to eight bytes as an integer, little-endian on every machine. */
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

/* The hash of some words and one more word. */
static inline uint64_t ck_hash_join(uint64_t hash, uint64_t word) {
  return ck_hash_mix(hash * 0xD1342543DE82EF95u + word);
}

/* The hash of a row of a table, its text and counts. Sums of these, modulo 2^64, are independent of the order of rows
 * and so identify a table however it was divided. */
CK_UNUSED static uint64_t ck_hash_row(const uint8_t *text, size_t length, uint64_t count, uint64_t documents) {
  return ck_hash_join(ck_hash_join(ck_hash_word(text, length), count), documents);
}

#endif
