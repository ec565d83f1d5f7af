/* The short way of the normaliser, a block of 16 to 64 units at once.
 *
 * The vector kernels do what ck_run (normalize_kernel.h) does unit by unit: they
 * go on while a code point is of U+0000-00FF or U+0600-06FF and FAST turns it
 * into another one of these or into nothing; at any other they stop and leave
 * it to ck_general. They know no preset: everything comes from the program's
 * half pages (ck_half).
 *
 * 1. Which page a unit belongs to. In UTF-8 the code points of U+0600-06FF are
 *    those with the leads D8-DB, those of U+0080-00FF have C2 and C3. Both bytes
 *    of such a pair look at the same lead and second byte, by shifting the block
 *    by one byte. A block that ends with a lead gives that back.
 * 2. The lowest byte of its code point: in UTF-8, lead << 6 | (second & 63). It
 *    is looked up in the half pages: the lowest byte of the result, and whether
 *    it needs a closer look (marked).
 * 3. If nothing is marked, every result is of the same page and the block is
 *    written as it is.
 * 4. Else the kinds are looked up. The block ends before the first unit that must
 *    be asked. What is removed (in UTF-8 also the lead of a letter that becomes
 *    ASCII) leaves a gap, and the rest is moved together.
 *
 * The result never has more units than were read, and a whole vector may be
 * written at any place: that is what CK_SLACK is for. A text's last units are
 * read into a vector of zeros.
 *
 * normalize_avx512.h does this with masks and 128-byte look-ups of its own;
 * normalize_lanes_kernel.h is written once for instructions of 16 or 32 bytes, given a
 * few small functions (normalize_avx2.h, normalize_neon.h). SSE2 has no look-up
 * and goes its own way in UTF-8 (normalize_sse2.h). */
#ifndef CK_NORMALIZE_BLOCKS_H
#define CK_NORMALIZE_BLOCKS_H

#include "simd.h"

/* each is empty where its instructions do not exist */
#include "normalize_avx2.h"
#include "normalize_avx512.h"
#include "normalize_neon.h"
#include "normalize_sse2.h"

#endif
