/* XXH3, a fast checksum of 64 bits (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md): it finds damage,
 * not forgery. */
#ifndef CK_CHECKSUM_H
#define CK_CHECKSUM_H

#include "simd.h"

uint64_t ck_checksum(const uint8_t *bytes, size_t length);

/* The same by certain instructions; those that have no variant of their own take the next lower one. */
uint64_t ck_checksum_with(ck_simd simd, const uint8_t *bytes, size_t length);

#endif
