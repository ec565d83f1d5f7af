/* The loop of utf8_simd.h over blocks of 64 bytes, included once for each instruction set, which provides ck_b64 (a
 * block) and the masks of its bytes from 80 on (high), equal to a byte, and from a byte on. There is deliberately no
 * include guard. */

/* Whether the block is valid after the previous one. */
CK_TARGET static inline bool CK_ISA(ck_utf8_step)(const uint8_t *s, ck_utf8_state *state) {
  CK_ISA(ck_b64) block;
  CK_ISA(ck_b64_load)(s, &block);
  uint64_t high = CK_ISA(ck_b64_high)(&block);
  if (!high) return !state->expected;
  uint64_t lead = CK_ISA(ck_b64_from)(&block, 0xC0), two = CK_ISA(ck_b64_from)(&block, 0xC2);
  uint64_t three = CK_ISA(ck_b64_from)(&block, 0xE0);
  if (CK_LIKELY(!(three | (lead ^ two) | state->e0 | state->ed | state->f0 | state->f4))) {
    bool valid = (two << 1 | state->expected) == (high & ~lead);
    state->expected = two >> 63;
    return valid;
  }
  ck_utf8_masks m;
  m.continuation = high & ~lead;
  m.two = two;
  m.three = three;
  m.four = CK_ISA(ck_b64_from)(&block, 0xF0);
  m.never = (lead ^ two) | CK_ISA(ck_b64_from)(&block, 0xF5);
  m.e0 = CK_ISA(ck_b64_equal)(&block, 0xE0);
  m.ed = CK_ISA(ck_b64_equal)(&block, 0xED);
  m.f0 = CK_ISA(ck_b64_equal)(&block, 0xF0);
  m.f4 = CK_ISA(ck_b64_equal)(&block, 0xF4);
  m.below_90 = ~CK_ISA(ck_b64_from)(&block, 0x90);
  m.below_a0 = ~CK_ISA(ck_b64_from)(&block, 0xA0);
  return ck_utf8_block_is_sound(state, &m);
}

/* `length` if all is well formed, otherwise the start of the first invalid block, or of the last one if its end is
 * incomplete. */
CK_TARGET CK_UNUSED static size_t CK_ISA(ck_utf8_sound)(const uint8_t *s, size_t length) {
  ck_utf8_state state = {0, 0, 0, 0, 0};
  size_t i = 0;
  for (; length - i >= CK_UTF8_BLOCK; i += CK_UTF8_BLOCK)
    if (CK_UNLIKELY(!CK_ISA(ck_utf8_step)(s + i, &state))) return i;
  if (i == length) return state.expected ? i - CK_UTF8_BLOCK : length;
  uint8_t rest[CK_UTF8_BLOCK] = {0}; /* the zero padding has no continuation bytes, so an incomplete end is found */
  memcpy(rest, s + i, length - i);
  return CK_ISA(ck_utf8_step)(rest, &state) && !state.expected ? length : i;
}
