#include "utf8.h"

#include "bytes.h"
#include "utf8_simd.h"

/* Length of a prefix of complete, well-formed code points of one or two bytes; examines eight bytes at a time and
 * stops early when in doubt. */
static inline size_t ck_utf8_skip_short(const uint8_t *s, size_t length) {
  const uint64_t ones = 0x0101010101010101u, top = 0x80 * ones;
  uint64_t pending = 0; /* 0x80 if the previous byte is a two-byte lead */
  size_t i = 0;
  while (CK_LITTLE_ENDIAN && length - i >= 8) {
    uint64_t bytes;
    memcpy(&bytes, s + i, 8);
    uint64_t high = bytes & top, second = bytes << 1 & top, third = bytes << 2 & top;
    uint64_t lead = high & second, continuation = high & ~second;
    uint64_t not_overlong = ((bytes & 0x1E * ones) + 0x1E * ones) << 2 & top; /* a bit of 1-4 is set: not C0, C1 */
    if (((lead << 8 | pending) ^ continuation) | (lead & third) | (lead & ~not_overlong)) break;
    pending = lead >> 56;
    i += 8;
  }
  return pending ? i - 1 : i;
}

size_t ck_utf8_check_bytes(const uint8_t *s, size_t length) {
  size_t i = 0, next_skip = 0;
  while (i < length) {
    if (i >= next_skip) {
      i += ck_utf8_skip_short(s + i, length - i);
      next_skip = i + 32;
      if (i == length) break;
    }
    uint8_t lead = s[i];
    if (lead < 0x80) {
      i++;
    } else if (lead < 0xE0) {
      if (CK_UNLIKELY(lead < 0xC2 || length - i < 2 || (s[i + 1] & 0xC0) != 0x80)) return i;
      i += 2;
    } else if (lead < 0xF0) {
      if (length - i < 3 || (s[i + 1] & 0xC0) != 0x80 || (s[i + 2] & 0xC0) != 0x80) return i;
      if ((lead == 0xE0 && s[i + 1] < 0xA0) || (lead == 0xED && s[i + 1] > 0x9F)) return i;
      i += 3;
    } else {
      if (lead > 0xF4 || length - i < 4) return i;
      if ((s[i + 1] & 0xC0) != 0x80 || (s[i + 2] & 0xC0) != 0x80 || (s[i + 3] & 0xC0) != 0x80) return i;
      if ((lead == 0xF0 && s[i + 1] < 0x90) || (lead == 0xF4 && s[i + 1] > 0x8F)) return i;
      i += 4;
    }
  }
  return length;
}

enum { CK_UTF8_SHORT = 32 }; /* length from which blocks are worth their set-up */

size_t ck_utf8_check_with(ck_simd simd, const uint8_t *s, size_t length) {
  if (simd == CK_SCALAR || length < CK_UTF8_SHORT) return ck_utf8_check_bytes(s, length);
  size_t i = 0;
#if CK_HAS_X86
  i = simd == CK_AVX512 ? ck_utf8_sound_avx512(s, length)
      : simd == CK_AVX2 ? ck_utf8_sound_avx2(s, length)
                        : ck_utf8_sound_sse2(s, length);
#elif CK_HAS_NEON
  i = ck_utf8_sound_neon(s, length);
#endif
  if (CK_LIKELY(i == length)) return length;
  /* all before i is well formed except that the last code point may be incomplete: back to its start */
  i = i < 4 ? 0 : i - 4;
  while ((s[i] & 0xC0) == 0x80 && i > 0) i++;
  return i + ck_utf8_check_bytes(s + i, length - i);
}

size_t ck_utf8_check(const uint8_t *s, size_t length) {
  return ck_utf8_check_with(ck_simd_best(), s, length);
}
