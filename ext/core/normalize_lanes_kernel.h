/* The blocks of normalize_blocks.h for instructions on 16 or 32 bytes, included
 * once for each of them. No include guard on purpose.
 *
 * Given: CK_ISA(name), CK_TARGET (function attribute), CK_VEC (vector of bytes),
 * CK_WIDTH (its bytes), and functions CK_ISA(ck_v_...) on vectors; a truth is a
 * byte of 0xFF or 0.
 *   load, store, set, and, or, equal, select(truth, a, b), bits (the top bit of
 *   each byte as an integer), top (truth: the top bit is set)
 *   before, next: shifted by one byte, so that byte i is byte i - 1, byte i + 1
 *   left6, right6: each byte << 6 (the lower six bits may be anything), >> 6
 *   letter, kind, marked(half, index): look up the lower seven bits of each byte;
 *   marked gives zero or not zero
 *   split(s, &low, &high): low and high bytes of 16-bit units; join writes them
 *   pack(from, shuffle, to): eight bytes of `from` by eight indices */

/* The letters of the upper half where the top bit of `index` is set. */
CK_TARGET static inline CK_VEC CK_ISA(ck_letters)(const ck_half *halves, CK_VEC index, uint64_t upper) {
  CK_VEC letter = CK_ISA(ck_v_letter)(&halves[0], index);
  if (CK_LIKELY(!upper)) return letter;
  return CK_ISA(ck_v_select)(CK_ISA(ck_v_top)(index), CK_ISA(ck_v_letter)(&halves[1], index), letter);
}

CK_TARGET static inline CK_VEC CK_ISA(ck_kinds)(const ck_half *halves, CK_VEC index, uint64_t upper) {
  CK_VEC kind = CK_ISA(ck_v_kind)(&halves[0], index);
  if (CK_LIKELY(!upper)) return kind;
  return CK_ISA(ck_v_select)(CK_ISA(ck_v_top)(index), CK_ISA(ck_v_kind)(&halves[1], index), kind);
}

/* The mask of marked bytes. */
CK_TARGET static inline uint64_t CK_ISA(ck_marks)(const ck_half *halves, CK_VEC index, uint64_t upper) {
  const CK_VEC zero = CK_ISA(ck_v_set)(0);
  CK_VEC marked = CK_ISA(ck_v_marked)(&halves[0], index);
  if (CK_UNLIKELY(upper))
    marked = CK_ISA(ck_v_select)(CK_ISA(ck_v_top)(index), CK_ISA(ck_v_marked)(&halves[1], index), marked);
  return ~CK_ISA(ck_v_bits)(CK_ISA(ck_v_equal)(marked, zero)) & ck_low_bits(CK_WIDTH);
}

CK_TARGET static inline uint64_t CK_ISA(ck_equal_bits)(CK_VEC a, unsigned b) {
  return CK_ISA(ck_v_bits)(CK_ISA(ck_v_equal)(a, CK_ISA(ck_v_set)((uint8_t)b)));
}

/* Writes the bytes whose bits are set in `kept`, compacted. */
CK_TARGET static inline void CK_ISA(ck_write_kept)(const ck_block_tables *tables, CK_VEC bytes, uint64_t kept,
                                                   uint8_t *out) {
  uint8_t aside[CK_WIDTH];
  CK_ISA(ck_v_store)(aside, bytes);
  for (unsigned k = 0; k < CK_WIDTH; k += 8) {
    uint8_t group = (uint8_t)(kept >> k);
    CK_ISA(ck_v_pack)(aside + k, tables->pack[group], out);
    out += ck_count_bits(group);
  }
}

CK_TARGET CK_UNUSED static ck_code CK_ISA(ck_blocks_utf8)(const ck_program *program, const uint8_t *s, size_t n,
                                                          size_t stop, uint8_t *out, ck_map *map, ck_place *place,
                                                          ck_error *error) {
  (void)map; /* only for strings */
  (void)error;
  const ck_half *half = program->blocks.half;
  const CK_VEC low6 = CK_ISA(ck_v_set)(0x3F), bit7 = CK_ISA(ck_v_set)(0x80);
  size_t i = place->in, o = place->out;
  while (i < stop) {
    uint8_t rest[CK_WIDTH] = {0};
    const uint8_t *from = s + i;
    if (CK_UNLIKELY(n - i < CK_WIDTH)) from = (const uint8_t *)memcpy(rest, s + i, n - i);
    uint64_t inside = ck_low_bits(n - i < CK_WIDTH ? n - i : CK_WIDTH);
    CK_VEC bytes = CK_ISA(ck_v_load)(from);
    CK_VEC latin_lead = CK_ISA(ck_v_equal)(CK_ISA(ck_v_and)(bytes, CK_ISA(ck_v_set)(0xFE)), CK_ISA(ck_v_set)(0xC2));
    CK_VEC is_lead = CK_ISA(ck_v_or)(
        latin_lead, CK_ISA(ck_v_equal)(CK_ISA(ck_v_and)(bytes, CK_ISA(ck_v_set)(0xFC)), CK_ISA(ck_v_set)(0xD8)));
    uint64_t ascii = inside & ~CK_ISA(ck_v_bits)(bytes), lead = CK_ISA(ck_v_bits)(is_lead);
    CK_VEC top_two = CK_ISA(ck_v_and)(bytes, CK_ISA(ck_v_set)(0xC0));
    uint64_t continuation = CK_ISA(ck_v_bits)(CK_ISA(ck_v_equal)(top_two, bit7));
    inside &= ~(lead & (uint64_t)1 << (CK_WIDTH - 1));
    lead &= inside & continuation >> 1;
    uint64_t pair = lead | lead << 1, odd = inside & ~(ascii | pair);
    uint64_t latin = CK_ISA(ck_v_bits)(latin_lead) & lead;
    CK_VEC second = CK_ISA(ck_v_select)(is_lead, CK_ISA(ck_v_next)(bytes), bytes);
    CK_VEC first = CK_ISA(ck_v_select)(is_lead, bytes, CK_ISA(ck_v_before)(bytes));
    CK_VEC index = CK_ISA(ck_v_select)(low6, second, CK_ISA(ck_v_left6)(first));
    uint64_t upper = pair & CK_ISA(ck_v_bits)(index);
    CK_VEC letter = CK_ISA(ck_letters)(&half[CK_ARABIC], index, upper);
    uint64_t marked = (pair & CK_ISA(ck_marks)(&half[CK_ARABIC], index, upper)) |
                      (ascii & CK_ISA(ck_marks)(&half[CK_ASCII], bytes, 0));
    CK_VEC high = CK_ISA(ck_v_right6)(letter), low = CK_ISA(ck_v_or)(CK_ISA(ck_v_and)(letter, low6), bit7);
    if (CK_LIKELY(!(marked | odd | latin))) {
      CK_VEC result = CK_ISA(ck_v_select)(is_lead, CK_ISA(ck_v_or)(high, CK_ISA(ck_v_set)(0xD8)), low);
      CK_ISA(ck_v_store)(out + o, CK_ISA(ck_v_select)(CK_ISA(ck_v_top)(bytes), result, bytes));
      i += ck_count_bits(inside);
      o += ck_count_bits(inside);
      continue;
    }
    CK_VEC kind = CK_ISA(ck_kinds)(&half[CK_ARABIC], index, upper);
    if (latin) {
      CK_VEC here = CK_ISA(ck_v_or)(latin_lead, CK_ISA(ck_v_before)(latin_lead));
      letter = CK_ISA(ck_v_select)(here, CK_ISA(ck_v_letter)(&half[CK_LATIN], index), letter);
      kind = CK_ISA(ck_v_select)(here, CK_ISA(ck_v_kind)(&half[CK_LATIN], index), kind);
    }
    /* both bytes of a pair have its letter and kind; ASCII has its own */
    CK_VEC is_pair = CK_ISA(ck_v_top)(bytes);
    letter = CK_ISA(ck_v_select)(is_pair, letter, CK_ISA(ck_v_letter)(&half[CK_ASCII], bytes));
    kind = CK_ISA(ck_v_select)(is_pair, kind, CK_ISA(ck_v_kind)(&half[CK_ASCII], bytes));
    high = CK_ISA(ck_v_right6)(letter);
    low = CK_ISA(ck_v_or)(CK_ISA(ck_v_and)(letter, low6), bit7);
    CK_VEC to_latin = CK_ISA(ck_v_equal)(kind, CK_ISA(ck_v_set)(CK_TO_LATIN));
    CK_VEC to_ascii = CK_ISA(ck_v_select)(CK_ISA(ck_v_top)(letter), CK_ISA(ck_v_set)(0), to_latin);
    CK_VEC leads = CK_ISA(ck_v_select)(to_latin, CK_ISA(ck_v_set)(0xC0), CK_ISA(ck_v_set)(0xD8));
    CK_VEC result = CK_ISA(ck_v_select)(is_lead, CK_ISA(ck_v_or)(high, leads), low);
    result = CK_ISA(ck_v_select)(to_ascii, letter, result);
    uint64_t removed = CK_ISA(ck_equal_bits)(kind, CK_TO_NOTHING) | (lead & CK_ISA(ck_v_bits)(to_ascii));
    uint64_t ask = inside & (odd | CK_ISA(ck_equal_bits)(kind, CK_TO_ASK));
    if (ask) inside &= (ask & (0 - ask)) - 1;
    uint64_t kept = inside & ~removed;
    if (kept == inside)
      CK_ISA(ck_v_store)(out + o, result);
    else
      CK_ISA(ck_write_kept)(&program->blocks, result, kept, out + o);
    i += ck_count_bits(inside);
    o += ck_count_bits(kept);
    if (ask) break;
  }
  place->in = i;
  place->out = o;
  return CK_OK;
}

CK_TARGET CK_UNUSED static ck_code CK_ISA(ck_blocks_ucs2)(const ck_program *program, const uint16_t *s, size_t n,
                                                          size_t stop, uint16_t *out, ck_map *map, ck_place *place,
                                                          ck_error *error) {
  const ck_half *half = program->blocks.half;
  const CK_VEC zero = CK_ISA(ck_v_set)(0), six = CK_ISA(ck_v_set)(6);
  size_t i = place->in, o = place->out;
  while (i < stop) {
    uint16_t rest[CK_WIDTH] = {0};
    const uint16_t *from = s + i;
    if (CK_UNLIKELY(n - i < CK_WIDTH)) from = (const uint16_t *)memcpy(rest, s + i, (n - i) * sizeof *s);
    uint64_t inside = ck_low_bits(n - i < CK_WIDTH ? n - i : CK_WIDTH), ask = 0;
    CK_VEC units, page;
    CK_ISA(ck_v_split)(from, &units, &page);
    CK_VEC is_arabic = CK_ISA(ck_v_equal)(page, six);
    uint64_t arabic = CK_ISA(ck_v_bits)(is_arabic) & inside;
    uint64_t other = inside & ~(arabic | CK_ISA(ck_v_bits)(CK_ISA(ck_v_equal)(page, zero)));
    uint64_t upper = CK_ISA(ck_v_bits)(units) & inside, latin = inside & ~(arabic | other);
    CK_VEC letter = CK_ISA(ck_letters)(&half[CK_ARABIC], units, upper);
    uint64_t marked = (arabic & CK_ISA(ck_marks)(&half[CK_ARABIC], units, upper)) | other;
    if (latin) marked |= latin & (CK_ISA(ck_marks)(&half[CK_ASCII], units, 0) | upper);
    letter = CK_ISA(ck_v_select)(is_arabic, letter, units);
    uint64_t kept = inside;
    if (CK_UNLIKELY(marked)) {
      CK_VEC kind = CK_ISA(ck_v_select)(is_arabic, CK_ISA(ck_kinds)(&half[CK_ARABIC], units, upper),
                                        CK_ISA(ck_kinds)(&half[CK_ASCII], units, upper));
      letter = CK_ISA(ck_v_select)(is_arabic, letter, CK_ISA(ck_letters)(&half[CK_ASCII], units, upper));
      page = CK_ISA(ck_v_and)(CK_ISA(ck_v_equal)(kind, zero), six); /* CK_TO_ARABIC is 0 */
      ask = other | (inside & CK_ISA(ck_equal_bits)(kind, CK_TO_ASK));
      if (ask) inside &= (ask & (0 - ask)) - 1;
      kept = inside & ~CK_ISA(ck_equal_bits)(kind, CK_TO_NOTHING);
    }
    if (CK_LIKELY(kept == inside)) {
      CK_ISA(ck_v_join)(letter, page, out + o);
    } else {
      uint8_t letters[CK_WIDTH + 8], pages[CK_WIDTH + 8];
      CK_ISA(ck_write_kept)(&program->blocks, letter, kept, letters);
      CK_ISA(ck_write_kept)(&program->blocks, page, kept, pages);
      CK_ISA(ck_v_join)(CK_ISA(ck_v_load)(letters), CK_ISA(ck_v_load)(pages), out + o);
    }
    CK_TRY(map && ck_map_add_kept(map, o, i, kept, error));
    i += ck_count_bits(inside);
    o += ck_count_bits(kept);
    if (ask) break;
  }
  place->in = i;
  place->out = o;
  return CK_OK;
}

/* A Latin-1 text takes this path only if its result is Latin-1 too. */
CK_TARGET CK_UNUSED static ck_code CK_ISA(ck_blocks_ucs1)(const ck_program *program, const uint8_t *s, size_t n,
                                                          size_t stop, uint8_t *out, ck_map *map, ck_place *place,
                                                          ck_error *error) {
  const ck_half *half = program->blocks.half;
  size_t i = place->in, o = place->out;
  while (i < stop) {
    uint8_t rest[CK_WIDTH] = {0};
    const uint8_t *from = s + i;
    if (CK_UNLIKELY(n - i < CK_WIDTH)) from = (const uint8_t *)memcpy(rest, s + i, n - i);
    uint64_t inside = ck_low_bits(n - i < CK_WIDTH ? n - i : CK_WIDTH), ask = 0, kept = inside;
    CK_VEC letter = CK_ISA(ck_v_load)(from);
    uint64_t upper = CK_ISA(ck_v_bits)(letter);
    uint64_t marked = inside & (CK_ISA(ck_marks)(&half[CK_ASCII], letter, 0) | upper);
    if (marked) {
      CK_VEC kind = CK_ISA(ck_kinds)(&half[CK_ASCII], letter, upper);
      letter = CK_ISA(ck_letters)(&half[CK_ASCII], letter, upper);
      uint64_t removed = CK_ISA(ck_equal_bits)(kind, CK_TO_NOTHING);
      ask = inside & ~(removed | CK_ISA(ck_equal_bits)(kind, CK_TO_LATIN));
      if (ask) inside &= (ask & (0 - ask)) - 1;
      kept = inside & ~removed;
    }
    if (kept == inside)
      CK_ISA(ck_v_store)(out + o, letter);
    else
      CK_ISA(ck_write_kept)(&program->blocks, letter, kept, out + o);
    CK_TRY(map && ck_map_add_kept(map, o, i, kept, error));
    i += ck_count_bits(inside);
    o += ck_count_bits(kept);
    if (ask) break;
  }
  place->in = i;
  place->out = o;
  return CK_OK;
}
