/* The fast path of the normaliser, for a block of 16 to 64 units at once.
 *
 * The vector kernels do what ck_run (normalize_kernel.h) does unit by unit: they continue while a code point is in
 * U+0000-00FF or U+0600-06FF and FAST maps it to another one of these or to nothing, and leave any other to
 * ck_general. They depend on no preset: everything comes from the half pages of the program (ck_half).
 *
 * 1. The page of a unit. In UTF-8 the code points of U+0600-06FF have the leads D8-DB, those of U+0080-00FF C2 and
 * C3. Shifting the block by a byte lets both bytes of a pair see the same lead and second byte. A lead at the end of
 * a block is left to the next one. A lead without its second byte, and a second byte without a lead, are left to the
 * slow path like any other byte, so that no block accepts invalid UTF-8, and valid text is read once.
 * 2. The lowest byte of the code point: in UTF-8, lead << 6 | (second & 63). It indexes the half pages: the lowest
 * byte of the result, and whether it needs a closer look (marked).
 * 3. If none is marked, every result is in the same page and the block is written as it is.
 * 4. Otherwise the kinds are looked up. The block ends before the first unit for the slow path. Removed units (in
 * UTF-8 also the lead of a letter that becomes ASCII) leave gaps, and the rest is compacted.
 *
 * The result never has more units than were read, and a whole vector may be written at any position, which is what
 * CK_SLACK is for. The last units of a text are read into a vector padded with zeros.
 *
 * normalize_avx512.h uses masks and 128-byte look-ups; normalize_lanes_kernel.h is written once for vectors of 16 or
 * 32 bytes, given a few small functions (normalize_avx2.h, normalize_neon.h). SSE2 has no look-up and a kernel of its
 * own for UTF-8 (normalize_sse2.h). */
#ifndef CK_NORMALIZE_BLOCKS_H
#define CK_NORMALIZE_BLOCKS_H

#include "simd.h"

/* each is empty on other architectures */
#include "normalize_avx2.h"
#include "normalize_avx512.h"
#include "normalize_neon.h"
#include "normalize_sse2.h"

#endif
