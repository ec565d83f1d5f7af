#include "checksum.h"

#include "bytes.h"

/* The numbers are those of the specification. */
enum { CK_LANES = 8, CK_STRIPE = 64, CK_GROUP = 1024, CK_SHORT = 240, CK_LAST_SECRET = 192 - CK_STRIPE };

static const uint64_t CK_PRIME_1 = 0x9E3779B185EBCA87u, CK_PRIME_2 = 0xC2B2AE3D27D4EB4Fu,
                      CK_PRIME_3 = 0x165667B19E3779F9u, CK_PRIME_4 = 0x85EBCA77C2B2AE63u,
                      CK_PRIME_5 = 0x27D4EB2F165667C5u;
static const uint32_t CK_PRIME32_1 = 0x9E3779B1u, CK_PRIME32_2 = 0x85EBCA77u, CK_PRIME32_3 = 0xC2B2AE3Du;

static const uint8_t CK_SECRET[CK_LAST_SECRET + CK_STRIPE] = {
    0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c,
    0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f,
    0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21,
    0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c,
    0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb, 0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3,
    0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8,
    0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d,
    0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31, 0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64,
    0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
    0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e,
    0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc, 0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce,
    0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e,
};

static uint32_t ck_load_little32(const uint8_t *p) {
  return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t ck_rotate(uint64_t bits, unsigned count) {
  return bits << count | bits >> (64 - count);
}

/* The halves of a product, folded. */
static uint64_t ck_fold_product(uint64_t a, uint64_t b) {
#ifdef __SIZEOF_INT128__
  return ck_mix(a, b);
#else
  uint64_t low = (a & UINT32_MAX) * (b & UINT32_MAX), high = (a >> 32) * (b >> 32);
  uint64_t one = (a >> 32) * (b & UINT32_MAX), other = (a & UINT32_MAX) * (b >> 32);
  uint64_t middle = (low >> 32) + (one & UINT32_MAX) + other;
  return ((middle << 32) | (low & UINT32_MAX)) ^ (high + (one >> 32) + (middle >> 32));
#endif
}

static uint64_t ck_avalanche(uint64_t hash) {
  hash ^= hash >> 37;
  hash *= 0x165667919E3779F9u;
  return hash ^ hash >> 32;
}

static uint64_t ck_avalanche_few(uint64_t hash) {
  hash ^= hash >> 33;
  hash *= CK_PRIME_2;
  hash ^= hash >> 29;
  hash *= CK_PRIME_3;
  return hash ^ hash >> 32;
}

/* A part of the secret, at a byte, as a number; and two of them. */
static uint64_t ck_secret(size_t place) {
  return ck_load_little(CK_SECRET + place);
}

static uint64_t ck_secrets(size_t place) {
  return ck_secret(place) ^ ck_secret(place + 8);
}

/* ------------------------------------------------------------ up to 240 bytes */

static uint64_t ck_checksum_16(const uint8_t *bytes, size_t length) {
  if (length > 8) {
    uint64_t low = ck_load_little(bytes) ^ ck_secrets(24), high = ck_load_little(bytes + length - 8) ^ ck_secrets(40);
    return ck_avalanche(length + ck_reverse_bytes(low) + high + ck_fold_product(low, high));
  }
  if (length >= 4) {
    uint64_t both = (uint64_t)ck_load_little32(bytes) << 32, hash;
    hash = (both + ck_load_little32(bytes + length - 4)) ^ ck_secrets(8);
    hash ^= ck_rotate(hash, 49) ^ ck_rotate(hash, 24);
    hash *= 0x9FB21C651E98DF25u;
    hash ^= (hash >> 35) + length;
    hash *= 0x9FB21C651E98DF25u;
    return hash ^ hash >> 28;
  }
  if (!length) return ck_avalanche_few(ck_secrets(56));
  uint32_t few = (uint32_t)bytes[0] << 16 | (uint32_t)bytes[length >> 1] << 24 | bytes[length - 1] | (uint32_t)length << 8;
  return ck_avalanche_few(few ^ ck_load_little32(CK_SECRET) ^ ck_load_little32(CK_SECRET + 4));
}

static uint64_t ck_mix_16(const uint8_t *bytes, size_t secret) {
  return ck_fold_product(ck_load_little(bytes) ^ ck_secret(secret), ck_load_little(bytes + 8) ^ ck_secret(secret + 8));
}

static uint64_t ck_checksum_240(const uint8_t *bytes, size_t length) {
  uint64_t hash = length * CK_PRIME_1, end;
  if (length <= 128) {
    for (size_t i = (length + 31) / 32; i-- > 0;)
      hash += ck_mix_16(bytes + 16 * i, 32 * i) + ck_mix_16(bytes + length - 16 * (i + 1), 32 * i + 16);
    return ck_avalanche(hash);
  }
  for (size_t i = 0; i < 8; i++) hash += ck_mix_16(bytes + 16 * i, 16 * i);
  end = ck_mix_16(bytes + length - 16, 119);
  for (size_t i = 8; i < length / 16; i++) end += ck_mix_16(bytes + 16 * i, 16 * (i - 8) + 3);
  return ck_avalanche(ck_avalanche(hash) + end);
}

/* ------------------------------------------------------------------- groups */

enum { CK_AHEAD = 4096 }; /* the processor itself prefetches within a page only */

/* A stripe has 64 bytes, which are added to the lanes with a part of the secret, 8 bytes after that of the one before.
 * A group has 16 stripes, and then the lanes are scrambled. */
typedef void ck_groups(uint64_t *lanes, const uint8_t *bytes, size_t n_groups);

static void ck_stripe_scalar(uint64_t *lanes, const uint8_t *bytes, const uint8_t *secret) {
  for (size_t i = 0; i < CK_LANES; i++) {
    uint64_t value = ck_load_little(bytes + 8 * i), key = value ^ ck_load_little(secret + 8 * i);
    lanes[i ^ 1] += value;
    lanes[i] += (key & UINT32_MAX) * (key >> 32);
  }
}

static void ck_groups_scalar(uint64_t *lanes, const uint8_t *bytes, size_t n_groups) {
  for (size_t group = 0; group < n_groups; group++, bytes += CK_GROUP) {
    for (size_t i = 0; i < CK_GROUP / CK_STRIPE; i++)
      ck_stripe_scalar(lanes, bytes + CK_STRIPE * i, CK_SECRET + 8 * i);
    for (size_t i = 0; i < CK_LANES; i++)
      lanes[i] = (lanes[i] ^ lanes[i] >> 47 ^ ck_secret(CK_LAST_SECRET + 8 * i)) * CK_PRIME32_1;
  }
}

#if CK_HAS_X86
static void ck_groups_sse2(uint64_t *lanes, const uint8_t *bytes, size_t n_groups) {
  const __m128i prime = _mm_set1_epi64x((int64_t)CK_PRIME32_1);
  __m128i sums[4];
  memcpy(sums, lanes, sizeof sums);
  for (size_t group = 0; group < n_groups; group++, bytes += CK_GROUP) {
    for (int i = 0; i < CK_GROUP / CK_STRIPE; i++) {
      CK_PREFETCH(bytes + CK_STRIPE * i + CK_AHEAD);
      for (int k = 0; k < 4; k++) {
        __m128i values = _mm_loadu_si128((const __m128i *)(bytes + CK_STRIPE * i + 16 * k));
        __m128i keys = _mm_xor_si128(values, _mm_loadu_si128((const __m128i *)(CK_SECRET + 8 * i + 16 * k)));
        __m128i products = _mm_mul_epu32(keys, _mm_srli_epi64(keys, 32));
        __m128i turned = _mm_shuffle_epi32(values, _MM_SHUFFLE(1, 0, 3, 2));
        sums[k] = _mm_add_epi64(sums[k], _mm_add_epi64(products, turned));
      }
    }
    for (int k = 0; k < 4; k++) {
      __m128i secret = _mm_loadu_si128((const __m128i *)(CK_SECRET + CK_LAST_SECRET + 16 * k));
      __m128i keys = _mm_xor_si128(_mm_xor_si128(sums[k], _mm_srli_epi64(sums[k], 47)), secret);
      __m128i high = _mm_slli_epi64(_mm_mul_epu32(_mm_srli_epi64(keys, 32), prime), 32);
      sums[k] = _mm_add_epi64(_mm_mul_epu32(keys, prime), high);
    }
  }
  memcpy(lanes, sums, sizeof sums);
}

CK_TARGET_AVX2 static void ck_groups_avx2(uint64_t *lanes, const uint8_t *bytes, size_t n_groups) {
  const __m256i prime = _mm256_set1_epi64x((int64_t)CK_PRIME32_1);
  __m256i sums[2];
  memcpy(sums, lanes, sizeof sums);
  for (size_t group = 0; group < n_groups; group++, bytes += CK_GROUP) {
    for (int i = 0; i < CK_GROUP / CK_STRIPE; i++) {
      CK_PREFETCH(bytes + CK_STRIPE * i + CK_AHEAD);
      for (int k = 0; k < 2; k++) {
        __m256i values = _mm256_loadu_si256((const __m256i *)(bytes + CK_STRIPE * i + 32 * k));
        __m256i keys = _mm256_xor_si256(values, _mm256_loadu_si256((const __m256i *)(CK_SECRET + 8 * i + 32 * k)));
        __m256i products = _mm256_mul_epu32(keys, _mm256_srli_epi64(keys, 32));
        __m256i turned = _mm256_shuffle_epi32(values, _MM_SHUFFLE(1, 0, 3, 2));
        sums[k] = _mm256_add_epi64(sums[k], _mm256_add_epi64(products, turned));
      }
    }
    for (int k = 0; k < 2; k++) {
      __m256i secret = _mm256_loadu_si256((const __m256i *)(CK_SECRET + CK_LAST_SECRET + 32 * k));
      __m256i keys = _mm256_xor_si256(_mm256_xor_si256(sums[k], _mm256_srli_epi64(sums[k], 47)), secret);
      __m256i high = _mm256_slli_epi64(_mm256_mul_epu32(_mm256_srli_epi64(keys, 32), prime), 32);
      sums[k] = _mm256_add_epi64(_mm256_mul_epu32(keys, prime), high);
    }
  }
  memcpy(lanes, sums, sizeof sums);
}
#endif

static uint64_t ck_checksum_groups(ck_groups *add, const uint8_t *bytes, size_t length) {
  uint64_t lanes[CK_LANES] = {CK_PRIME32_3, CK_PRIME_1,   CK_PRIME_2, CK_PRIME_3,
                              CK_PRIME_4,   CK_PRIME32_2, CK_PRIME_5, CK_PRIME32_1};
  size_t n_groups = (length - 1) / CK_GROUP, n_stripes = (length - 1) % CK_GROUP / CK_STRIPE;
  uint64_t hash = length * CK_PRIME_1;
  add(lanes, bytes, n_groups);
  for (size_t i = 0; i < n_stripes; i++)
    ck_stripe_scalar(lanes, bytes + CK_GROUP * n_groups + CK_STRIPE * i, CK_SECRET + 8 * i);
  ck_stripe_scalar(lanes, bytes + length - CK_STRIPE, CK_SECRET + CK_LAST_SECRET - 7);
  for (size_t i = 0; i < CK_LANES; i += 2)
    hash += ck_fold_product(lanes[i] ^ ck_secret(11 + 8 * i), lanes[i + 1] ^ ck_secret(19 + 8 * i));
  return ck_avalanche(hash);
}

uint64_t ck_checksum_with(ck_simd simd, const uint8_t *bytes, size_t length) {
  ck_groups *add = ck_groups_scalar;
  if (length <= 16) return ck_checksum_16(bytes, length);
  if (length <= CK_SHORT) return ck_checksum_240(bytes, length);
#if CK_HAS_X86
  if (simd == CK_SSE2) add = ck_groups_sse2;
  if (simd == CK_AVX2 || simd == CK_AVX512) add = ck_groups_avx2;
#else
  (void)simd;
#endif
  return ck_checksum_groups(add, bytes, length);
}

uint64_t ck_checksum(const uint8_t *bytes, size_t length) {
  return ck_checksum_with(ck_simd_best(), bytes, length);
}
