/* The functions required by normalize_lanes_kernel.h, with NEON. */
#ifndef CK_NORMALIZE_NEON_H
#define CK_NORMALIZE_NEON_H

#include "normalize_place.h"

#if CK_HAS_NEON

#define CK_ISA(name) name##_neon
#define CK_TARGET
#define CK_VEC uint8x16_t
#define CK_WIDTH 16

static inline uint8x16_t ck_v_load_neon(const uint8_t *from) {
  return vld1q_u8(from);
}
static inline void ck_v_store_neon(uint8_t *to, uint8x16_t a) {
  vst1q_u8(to, a);
}
static inline uint8x16_t ck_v_set_neon(uint8_t a) {
  return vdupq_n_u8(a);
}
static inline uint8x16_t ck_v_and_neon(uint8x16_t a, uint8x16_t b) {
  return vandq_u8(a, b);
}
static inline uint8x16_t ck_v_or_neon(uint8x16_t a, uint8x16_t b) {
  return vorrq_u8(a, b);
}
static inline uint8x16_t ck_v_equal_neon(uint8x16_t a, uint8x16_t b) {
  return vceqq_u8(a, b);
}
static inline uint8x16_t ck_v_select_neon(uint8x16_t truth, uint8x16_t a, uint8x16_t b) {
  return vbslq_u8(truth, a, b);
}
static inline uint8x16_t ck_v_top_neon(uint8x16_t a) {
  return vcltzq_s8(vreinterpretq_s8_u8(a));
}
static inline uint64_t ck_v_bits_neon(uint8x16_t a) {
  static const uint8_t bit_of[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  uint8x16_t bits = vandq_u8(ck_v_top_neon(a), vld1q_u8(bit_of));
  return vaddv_u8(vget_low_u8(bits)) | (uint64_t)vaddv_u8(vget_high_u8(bits)) << 8;
}
static inline uint8x16_t ck_v_before_neon(uint8x16_t a) {
  return vextq_u8(vdupq_n_u8(0), a, 15);
}
static inline uint8x16_t ck_v_next_neon(uint8x16_t a) {
  return vextq_u8(a, vdupq_n_u8(0), 1);
}
static inline uint8x16_t ck_v_left6_neon(uint8x16_t a) {
  return vshlq_n_u8(a, 6);
}
static inline uint8x16_t ck_v_right6_neon(uint8x16_t a) {
  return vshrq_n_u8(a, 6);
}

static inline uint8x16_t ck_v_get_neon(const uint8_t *table, uint8x16_t index) {
  index = vandq_u8(index, vdupq_n_u8(127));
  uint8x16_t low = vqtbl4q_u8(vld1q_u8_x4(table), index); /* 0 for 64 and more */
  return vqtbx4q_u8(low, vld1q_u8_x4(table + 64), vsubq_u8(index, vdupq_n_u8(64)));
}
static inline uint8x16_t ck_v_letter_neon(const ck_half *half, uint8x16_t index) {
  return ck_v_get_neon(half->letter, index);
}
static inline uint8x16_t ck_v_kind_neon(const ck_half *half, uint8x16_t index) {
  return ck_v_get_neon(half->kind, index);
}
static inline uint8x16_t ck_v_marked_neon(const ck_half *half, uint8x16_t index) {
  return ck_v_get_neon(half->marked, index);
}

static inline void ck_v_split_neon(const uint16_t *s, uint8x16_t *low, uint8x16_t *high) {
  uint16x8_t a = vld1q_u16(s), b = vld1q_u16(s + 8);
  *low = vcombine_u8(vmovn_u16(a), vmovn_u16(b));
  *high = vcombine_u8(vshrn_n_u16(a, 8), vshrn_n_u16(b, 8));
}
static inline void ck_v_join_neon(uint8x16_t low, uint8x16_t high, uint16_t *out) {
  vst1q_u16(out, vreinterpretq_u16_u8(vzip1q_u8(low, high)));
  vst1q_u16(out + 8, vreinterpretq_u16_u8(vzip2q_u8(low, high)));
}
static inline void ck_v_pack_neon(const uint8_t *from, const uint8_t *shuffle, uint8_t *to) {
  vst1_u8(to, vtbl1_u8(vld1_u8(from), vld1_u8(shuffle)));
}

#include "normalize_lanes_kernel.h"

#undef CK_ISA
#undef CK_TARGET
#undef CK_VEC
#undef CK_WIDTH

#endif
#endif
