#include "tokenize.h"

#include "addresses.h"
#include "white_space.h"

void ck_tokens_free(ck_tokens *tokens) {
  ck_block_give(tokens->ids);
  ck_block_give(tokens->starts);
  ck_block_give(tokens->flags);
  memset(tokens, 0, sizeof *tokens);
}

ck_code ck_tokens_reserve(ck_tokens *tokens, size_t more, ck_error *error) {
  if (CK_LIKELY(tokens->capacity - tokens->length >= more)) return CK_OK;
  size_t limit = PTRDIFF_MAX / sizeof(uint32_t), capacity = tokens->capacity + tokens->capacity / 2 + 1024;
  if (more > limit - tokens->length) return ck_out_of_memory(error, SIZE_MAX);
  if (capacity < tokens->length + more) capacity = tokens->length + more;
  if (capacity > limit) capacity = limit;
  const size_t used = tokens->length;
  uint32_t *ids = (uint32_t *)ck_regrow(tokens->ids, used * sizeof *ids, capacity * sizeof *ids, error);
  if (!ids) return error->code;
  tokens->ids = ids;
  if (!tokens->without_starts) {
    uint32_t *starts = (uint32_t *)ck_regrow(tokens->starts, used * sizeof *starts, capacity * sizeof *starts, error);
    if (!starts) return error->code;
    tokens->starts = starts;
  }
  uint8_t *flags = (uint8_t *)ck_regrow(tokens->flags, used, capacity, error);
  if (!flags) return error->code;
  tokens->flags = flags;
  tokens->capacity = capacity;
  return CK_OK;
}

void ck_scanner_init(ck_scanner *scanner, ck_types *types, ck_tokens *tokens, ck_ticker *ticker, ck_error *error) {
  memset(scanner, 0, sizeof *scanner);
  scanner->types = types;
  scanner->tokens = tokens;
  scanner->ticker = ticker;
  scanner->error = error;
  scanner->simd = ck_simd_best();
}

static ck_code ck_scanner_begin(ck_scanner *scanner, const uint8_t *end) {
  scanner->end = end;
  scanner->position = 0;
  scanner->last_start = scanner->last_end = NULL;
  scanner->last_kind = CK_SPACED;
  scanner->sentence.state = CK_NEW_PARAGRAPH;
  scanner->at = scanner->mail_start = scanner->mail_end = NULL;
  ck_code code = scanner->types ? ck_types_reserve(scanner->types, 1, scanner->error) : CK_OK;
  return code ? code : ck_tokens_reserve(scanner->tokens, CK_WAITING, scanner->error);
}

ck_code ck_scanner_flush(ck_scanner *scanner) {
  ck_tokens *tokens = scanner->tokens;
  unsigned count = scanner->n_waiting;
  int64_t bytes = scanner->bytes_done;
  ck_code code = CK_OK;
  scanner->n_waiting = 0;
  scanner->bytes_done = 0;
  if (scanner->types && count) /* without texts there are no arrays */
    code =
        ck_types_ids(scanner->types, scanner->waiting, count, tokens->ids + (tokens->length - count), scanner->error);
  if (!code) code = ck_tokens_reserve(tokens, CK_WAITING, scanner->error);
  return code ? code : ck_tick(scanner->ticker, bytes, scanner->error);
}

/* ------------------------------------------------------- standard tokens */

/* Number of code points in [start, end); not counted unless needed. */
static inline uint32_t ck_points(const ck_scanner *scanner, const uint8_t *start, const uint8_t *end) {
  return scanner->tokens->starts ? ck_count_points(start, end, scanner->end) : 0;
}

/* The previous token of the paragraph, for a mark after it. */
static inline ck_before ck_before_mark(const ck_scanner *scanner) {
  const ck_tokens *tokens = scanner->tokens;
  uint8_t kind = scanner->last_kind;
  ck_before before = {scanner->last_start, scanner->last_end, (uint8_t)(kind & ~CK_SPACED), !(kind & CK_SPACED), 0};
  if (before.start) before.flags = tokens->flags[tokens->length - 1];
  return before;
}

/* Writes the token [start, end) of `points` code points, the first with the entry `first`. For a mark with a role,
 * `repeats` is how often it is repeated. */
static inline ck_code ck_token(ck_scanner *scanner, const uint8_t *start, const uint8_t *end, uint32_t points,
                               uint8_t kind, uint8_t first, uint32_t repeats) {
  bool glued = !(scanner->last_kind & CK_SPACED);
  uint8_t role = repeats ? first >> 4 : CK_ROLE_NONE, flags = glued ? CK_GLUED : 0;
  if (CK_UNLIKELY(scanner->sentence.state != CK_WITHIN))
    flags |= ck_sentence_begin(&scanner->sentence, first, role, glued);
  if (role == CK_ROLE_FULL_STOP && repeats == 1) {
    if (scanner->sentence.state == CK_WITHIN) scanner->sentence.state = ck_full_stop(ck_before_mark(scanner));
  } else if (role) {
    ck_sentence_pass(&scanner->sentence, role, repeats);
  }
  uint32_t position = scanner->position;
  scanner->position += points;
  scanner->last_start = start;
  scanner->last_end = end;
  scanner->last_kind = kind;
  return ck_put(scanner, start, (size_t)(end - start), scanner->end, position, kind, flags);
}

/* Finds the first @ from p on and the address around it. Without an address, mail_start is at the @. */
static void ck_mail_find(ck_scanner *scanner, const uint8_t *p) {
  const uint8_t *at = (const uint8_t *)memchr(p, '@', (size_t)(scanner->end - p));
  scanner->at = scanner->mail_start = at ? at : scanner->end;
  scanner->mail_end = at ? ck_domain_end(at + 1, scanner->end) : NULL;
  if (!scanner->mail_end || at == p || at[-1] == '.') return;
  while (scanner->mail_start > p && ck_is_mail_local(scanner->mail_start[-1])) scanner->mail_start--;
}

/* The end of the e-mail address that begins with the letter or digit at p, or NULL. Called with increasing p. */
static inline const uint8_t *ck_mail_end(ck_scanner *scanner, const uint8_t *p) {
  if (CK_LIKELY(p < scanner->mail_start)) return NULL;
  if (scanner->at < p) ck_mail_find(scanner, p);
  return p >= scanner->mail_start && p < scanner->at ? scanner->mail_end : NULL;
}

static inline bool ck_is_number_sign(uint32_t code_point) {
  bool is = false;
  for (int i = 0; i < CK_NUMBER_SIGNS_COUNT; i++) is |= code_point == CK_NUMBER_SIGNS[i];
  return is;
}

static const uint8_t *ck_number_end(const uint8_t *p, const uint8_t *end) {
  for (;;) {
    while (p < end && ck_is_ascii_digit(*p)) p++;
    ck_point point = ck_point_at(p, end);
    if (ck_class_of(point.entry) != CK_CLASS_DIGIT &&
        (!ck_is_number_sign(point.code_point) || ck_class_of(ck_point_at(p + point.size, end).entry) != CK_CLASS_DIGIT))
      return p;
    p += point.size;
  }
}

/* The end of the word that begins at p or continues there: letters and marks; format characters and underscores
 * inside; after a letter that is not Arabic (`latin`) also digits, and an apostrophe before another such letter. A
 * URL or an e-mail address adjacent to Arabic letters is not part of the word. */
static const uint8_t *ck_word_end(ck_scanner *scanner, const uint8_t *p, bool begins, bool latin) {
  const uint8_t *start = begins ? p : NULL, *last = p, *end = scanner->end;
  for (;;) {
    ck_point point = ck_point_at(p, end);
    switch (ck_class_of(point.entry)) {
      case CK_CLASS_ARABIC:
        latin = false;
        break;
      case CK_CLASS_MARK:
        break;
      case CK_CLASS_LETTER:
        /* the caller has checked the start of the word */
        if (!latin && p != start && point.code_point < 128 && (ck_url_end(p, end) || ck_mail_end(scanner, p)))
          return last;
        latin = true;
        p += point.size;
        while (p < end && (ck_is_ascii_letter(*p) || ck_is_ascii_digit(*p))) p++;
        last = p;
        continue;
      case CK_CLASS_DIGIT:
        if (!latin) return last;
        break;
      case CK_CLASS_FORMAT:
        p += point.size;
        continue;
      default:
        if (point.code_point == '_') {
          p += point.size;
          continue;
        }
        if (!latin || p != last || point.entry >> 4 != CK_ROLE_APOSTROPHE) return last;
        if (ck_class_of(ck_point_at(p + point.size, end).entry) != CK_CLASS_LETTER) return last;
    }
    p += point.size;
    last = p;
  }
}

static inline bool ck_is_between(uint32_t code_point, uint32_t first, uint32_t last) {
  return code_point >= first && code_point <= last;
}

/* The end of an emoji after its first code point: styles, skin tones, tags, and emoji joined to it. */
static const uint8_t *ck_emoji_rest(const uint8_t *p, const uint8_t *end) {
  for (;;) {
    ck_point point = ck_point_at(p, end);
    uint32_t c = point.code_point;
    if (c == CK_ZERO_WIDTH_JOINER) {
      ck_point joined = ck_point_at(p + point.size, end);
      uint8_t class = ck_class_of(joined.entry);
      if (class != CK_CLASS_EMOJI && class != CK_CLASS_SYMBOL) return p;
      p += joined.size;
    } else if (c != CK_TEXT_STYLE && c != CK_EMOJI_STYLE && c != CK_KEYCAP &&
               !ck_is_between(c, CK_MODIFIER_FIRST, CK_MODIFIER_LAST) && !ck_is_between(c, CK_TAG_FIRST, CK_TAG_LAST)) {
      return p;
    }
    p += point.size;
  }
}

/* The end of the emoji that begins with `first` at p, or NULL. */
static const uint8_t *ck_emoji_end(const uint8_t *p, ck_point first, const uint8_t *end) {
  const uint8_t *q = p + first.size;
  uint8_t class = ck_class_of(first.entry);
  ck_point next = ck_point_at(q, end);
  if (ck_is_between(first.code_point, CK_REGION_FIRST, CK_REGION_LAST))
    return ck_is_between(next.code_point, CK_REGION_FIRST, CK_REGION_LAST) ? q + next.size : q;
  if (class == CK_CLASS_EMOJI) return ck_emoji_rest(q, end);
  if (next.code_point == CK_EMOJI_STYLE && class != CK_CLASS_DIGIT) return ck_emoji_rest(q, end);
  if (ck_is_ascii_digit(first.code_point) || first.code_point == '#' || first.code_point == '*') {
    if (next.code_point == CK_EMOJI_STYLE) {
      q += next.size;
      next = ck_point_at(q, end);
    }
    if (next.code_point == CK_KEYCAP) return q + next.size;
  }
  return NULL;
}

/* Other symbols and digits must be followed by U+FE0F or U+20E3, which begin with these bytes. */
static inline bool ck_may_be_emoji(const uint8_t *p, ck_point first, const uint8_t *end) {
  const uint8_t *q = p + first.size;
  return ck_class_of(first.entry) == CK_CLASS_EMOJI || (q < end && (*q == 0xEF || *q == 0xE2));
}

/* The end of the run of the code point of `size` bytes at p. */
static inline const uint8_t *ck_repetition_end(const uint8_t *p, unsigned size, const uint8_t *end) {
  const uint8_t *q = p + size;
  if (size == 1) {
    while (q < end && *q == *p) q++;
    return q;
  }
  /* byte by byte; at the end of the text or run at most the first bytes can match */
  while (q < end && *q == q[-(ptrdiff_t)size]) q++;
  return q - (q - p) % size;
}

/* Punctuation and symbols: the token that they introduce, or all repetitions of the same one. */
static ck_code ck_sign(ck_scanner *scanner, const uint8_t **p, ck_point first) {
  const uint8_t *start = *p, *end = scanner->end;
  if (first.code_point == '#' || first.code_point == '@') {
    const uint8_t *longer = ck_tag_end(start + 1, end);
    if (longer) {
      uint8_t kind = first.code_point == '#' ? CK_KIND_HASHTAG : CK_KIND_MENTION;
      *p = longer;
      return ck_token(scanner, start, longer, ck_points(scanner, start, longer), kind, first.entry, 0);
    }
  }
  *p = ck_repetition_end(start, first.size, end);
  uint32_t repeats = (uint32_t)(*p - start) / first.size;
  uint8_t kind = ck_class_of(first.entry) == CK_CLASS_PUNCTUATION ? CK_KIND_PUNCTUATION : CK_KIND_SYMBOL;
  return ck_token(scanner, start, *p, repeats, kind, first.entry, repeats);
}

/* The same for an ASCII symbol that introduces nothing. */
static inline ck_code ck_ascii_sign(ck_scanner *scanner, const uint8_t **p) {
  const uint8_t *start = *p, *q = start + 1;
  uint8_t entry = CK_CODE_POINT_BLOCKS[*start];
  while (q < scanner->end && *q == *start) q++;
  *p = q;
  uint8_t kind = ck_class_of(entry) == CK_CLASS_PUNCTUATION ? CK_KIND_PUNCTUATION : CK_KIND_SYMBOL;
  return ck_token(scanner, start, q, (uint32_t)(q - start), kind, entry, (uint32_t)(q - start));
}

/* The token that begins with the ASCII letter at *p. */
static inline ck_code ck_ascii_letter(ck_scanner *scanner, const uint8_t **p, uint8_t step) {
  const uint8_t *start = *p, *end = scanner->end, *q = NULL;
  uint8_t kind = CK_KIND_URL;
  if (step == CK_STEP_URL_LETTER) q = ck_url_end(start, end);
  if (!q) {
    kind = CK_KIND_EMAIL;
    q = ck_mail_end(scanner, start);
  }
  if (CK_LIKELY(!q)) {
    const uint8_t *last = ck_ascii_word_run(start + 1, end);
    bool stops = last == end || (*last < 0x80 && CK_CODE_POINT_BLOCKS[*last] >> 4 != CK_ROLE_APOSTROPHE);
    while (last[-1] == '_') last--;
    kind = CK_KIND_WORD;
    if (stops) {
      *p = last;
      return ck_token(scanner, start, last, (uint32_t)(last - start), kind, CK_CLASS_LETTER, 0);
    }
    q = ck_word_end(scanner, last, false, true);
  }
  *p = q;
  return ck_token(scanner, start, q, ck_points(scanner, start, q), kind, CK_CLASS_LETTER, 0);
}

/* Whether letters and digits are a unit or an ending of ordinals, in upper or lower case. */
static bool ck_is_unit(const uint8_t *p, size_t length) {
  for (int i = 0; i < CK_NUMBER_SUFFIXES_COUNT; i++) {
    size_t same = 0;
    if (CK_NUMBER_SUFFIXES[i].length != length) continue;
    while (same < length && (p[same] | 32) == (uint8_t)CK_NUMBER_SUFFIXES[i].bytes[same]) same++;
    if (same == length) return true;
  }
  return false;
}

/* The end of the word of Latin letters that begins with the digit at p, which stands for an Arabic letter (7abibi,
 * 3'ali, 9a7), or NULL: a single digit that is one of these, then letters and digits, two letters at least and a small
 * one among them, or a vowel before digits, that are no unit (5km), ordinal (2nd) or size (4x4s). */
static const uint8_t *ck_arabizi_end(ck_scanner *scanner, const uint8_t *p) {
  const uint8_t *end = scanner->end, *start = p + 1, *last;
  if (*p < CK_ARABIZI_FIRST || *p > CK_ARABIZI_LAST) return NULL;
  ck_point point = ck_point_at(start, end);
  if (point.entry >> 4 == CK_ROLE_APOSTROPHE) start += point.size;
  unsigned letters = 0;
  bool small = false;
  for (last = start; last < end && (ck_is_ascii_letter(*last) || ck_is_ascii_digit(*last)); last++) {
    letters += ck_is_ascii_letter(*last);
    small |= *last >= 'a';
  }
  if (!small || !ck_is_ascii_letter(*start)) return NULL;
  if (letters < 2 && (last - start < 2 || !CK_ARABIZI_VOWEL[*start])) return NULL;
  if ((*start | 32) == 'x' && ck_is_ascii_digit(start[1])) return NULL;
  if (ck_is_unit(start, (size_t)(last - start)) || ck_url_end(start, end) || ck_mail_end(scanner, start)) return NULL;
  return ck_word_end(scanner, last, false, true);
}

static inline const uint8_t *ck_digit_end(ck_scanner *scanner, const uint8_t *p, ck_point first, uint8_t *kind) {
  const uint8_t *end = NULL;
  if (first.code_point < 128) {
    *kind = CK_KIND_EMOJI;
    if (ck_may_be_emoji(p, first, scanner->end)) end = ck_emoji_end(p, first, scanner->end);
    if (end) return end;
    *kind = CK_KIND_EMAIL;
    end = ck_mail_end(scanner, p);
    if (end) return end;
    *kind = CK_KIND_WORD;
    end = ck_arabizi_end(scanner, p);
    if (end) return end;
  }
  *kind = CK_KIND_NUMBER;
  return ck_number_end(p + first.size, scanner->end);
}

/* The token at *p, of a kind without a function of its own; *p advances to its end. */
static ck_code ck_scan_one(ck_scanner *scanner, const uint8_t **p) {
  const uint8_t *start = *p, *end = NULL;
  ck_point first = ck_point_at(start, scanner->end);
  uint8_t kind = CK_KIND_WORD;
  switch (ck_class_of(first.entry)) {
    case CK_CLASS_BREAK:
      scanner->sentence.state = CK_NEW_PARAGRAPH;
      scanner->last_start = NULL;
      /* fall through */
    case CK_CLASS_SPACE:
    case CK_CLASS_CONTROL:
      scanner->last_kind |= CK_SPACED;
      /* fall through */
    case CK_CLASS_FORMAT:
      *p = start + first.size;
      scanner->position++;
      return CK_OK;
    case CK_CLASS_LETTER:
    case CK_CLASS_ARABIC:
    case CK_CLASS_MARK:
      end = ck_word_end(scanner, start, true, false);
      break;
    case CK_CLASS_DIGIT:
      end = ck_digit_end(scanner, start, first, &kind);
      break;
    default:
      kind = CK_KIND_EMOJI;
      if (ck_may_be_emoji(start, first, scanner->end)) end = ck_emoji_end(start, first, scanner->end);
      if (!end) return ck_sign(scanner, p, first);
  }
  *p = end;
  return ck_token(scanner, start, end, ck_points(scanner, start, end), kind, first.entry, 0);
}

/* Whether the word before p, of plain Arabic letters, continues there. */
static inline bool ck_word_goes_on(const uint8_t *p, const uint8_t *end) {
  ck_point next = ck_point_at(p, end);
  uint8_t class = ck_class_of(next.entry);
  return class == CK_CLASS_ARABIC || class == CK_CLASS_MARK || class == CK_CLASS_LETTER || class == CK_CLASS_FORMAT ||
         next.code_point == '_';
}

/* The token that begins with an Arabic letter or mark at *p, if there is one, and a space after it. */
static inline ck_code ck_arabic_letter(ck_scanner *scanner, const uint8_t **p) {
  const uint8_t *start = *p, *end = scanner->end, *q = ck_arabic_run(start, end);
  if (CK_UNLIKELY(q == start)) return ck_scan_one(scanner, p);
  uint32_t points = (uint32_t)(q - start) / 2;
  if (CK_LIKELY(q < end && *q == ' ')) {
    ck_code code = ck_token(scanner, start, q, points, CK_KIND_WORD, CK_CLASS_ARABIC, 0);
    scanner->last_kind = CK_KIND_WORD | CK_SPACED;
    scanner->position++;
    *p = q + 1;
    return code;
  }
  if (ck_word_goes_on(q, end)) {
    q = ck_word_end(scanner, q, false, false);
    points = ck_points(scanner, start, q);
  }
  *p = q;
  return ck_token(scanner, start, q, points, CK_KIND_WORD, CK_CLASS_ARABIC, 0);
}

ck_code ck_scan_standard(ck_scanner *scanner, const uint8_t *p, const uint8_t *end) {
  ck_code code = ck_scanner_begin(scanner, end);
  while (p < end && !code) {
    uint8_t step = CK_STEP[*p];
    switch (step) {
      case CK_STEP_SPACE:
        scanner->last_kind |= CK_SPACED;
        scanner->position++;
        p++;
        break;
      case CK_STEP_ARABIC:
        code = ck_arabic_letter(scanner, &p);
        break;
      case CK_STEP_LETTER:
      case CK_STEP_URL_LETTER:
        code = ck_ascii_letter(scanner, &p, step);
        break;
      case CK_STEP_SIGN:
        if (end - p == 1 || (p[1] != 0xEF && p[1] != 0xE2)) { /* no emoji: see ck_may_be_emoji */
          code = ck_ascii_sign(scanner, &p);
          break;
        }
        /* fall through */
      default:
        code = ck_scan_one(scanner, &p);
    }
  }
  return code;
}

/* ---------------------------------------------------------- other modes */

/* The word that continues at the end of a block, in white-space mode. */
typedef struct {
  const uint8_t *start; /* NULL if there is none */
  uint32_t position;    /* code points before it */
  uint8_t flags;        /* of the next word */
} ck_piece;

/* The words of a block. One may have begun before it, and one may continue after it. */
typedef struct {
  uint32_t begins[CK_BLOCK], ends[CK_BLOCK]; /* positions in the block */
  unsigned n_begins, n_ends;
} ck_block_words;

/* Writes the words that end in the block at p, which begins at code point `position`. The keys of a block are made
 * together, branchless in the lengths of words. */
static inline ck_code ck_split_block(ck_scanner *scanner, const uint8_t *p, const ck_block_bits *bits,
                                     uint32_t position, ck_piece *piece) {
  /* the bit before the block is white space unless a word continues */
  uint64_t before = bits->white << 1 | (piece->start ? 0 : 1);
  ck_block_words words;
  words.n_begins = ck_bit_places(~bits->white & before, words.begins);
  words.n_ends = ck_bit_places(bits->white & ~before, words.ends);
  if (CK_UNLIKELY(scanner->n_waiting + words.n_ends > CK_WAITING)) {
    ck_code code = ck_scanner_flush(scanner);
    if (CK_UNLIKELY(code)) return code;
  }
  ck_tokens *tokens = scanner->tokens;
  ck_key *key = scanner->waiting + scanner->n_waiting;
  const uint8_t *end = scanner->end, *start = piece->start;
  const unsigned early = start != NULL; /* words that began before the block */
  if (tokens->starts) {
    uint32_t *starts = tokens->starts + tokens->length;
    if (early && words.n_ends) starts[0] = piece->position;
    for (unsigned i = early; i < words.n_ends; i++)
      starts[i] = position + ck_ones(bits->begins & (((uint64_t)1 << words.begins[i - early]) - 1));
  }
  for (unsigned i = 0; i < words.n_ends; i++) {
    if (i >= early) start = p + words.begins[i - early];
    if (!scanner->types) continue;
    ck_key_make(&key[i], start, (uint32_t)(p + words.ends[i] - start), (size_t)(end - start), CK_KIND_WORD,
                &scanner->types->seeds);
    ck_types_prefetch(scanner->types, key[i].hash);
  }
  if (words.n_ends) {
    memset(tokens->flags + tokens->length, 0, words.n_ends);
    tokens->flags[tokens->length] = piece->flags;
    piece->flags = 0;
  }
  tokens->length += words.n_ends;
  CK_ASSERT(tokens->length <= tokens->capacity);
  scanner->n_waiting += words.n_ends;
  scanner->bytes_done += CK_BLOCK;
  if (words.n_begins + early == words.n_ends) {
    piece->start = NULL;
  } else if (words.n_begins) { /* otherwise the same word continues */
    unsigned last = words.begins[words.n_begins - 1];
    piece->start = p + last;
    if (tokens->starts) piece->position = position + ck_ones(bits->begins & (((uint64_t)1 << last) - 1));
  }
  return CK_OK;
}

ck_code ck_scan_whitespace(ck_scanner *scanner, const uint8_t *p, const uint8_t *end) {
  ck_block_reader read = ck_block_reader_of(scanner->simd);
  ck_piece piece = {NULL, 0, CK_BEGINS_SENTENCE | CK_BEGINS_PARAGRAPH};
  uint8_t last[CK_BLOCK]; /* the remainder, padded with white space */
  uint32_t position = 0;
  uint64_t spill = 0;
  ck_code code = ck_scanner_begin(scanner, end);
  /* one more than the full blocks, so that the last word ends */
  for (; !code; p += CK_BLOCK) {
    bool is_full = end - p >= CK_BLOCK;
    if (!is_full) {
      memset(last, ' ', sizeof last);
      memcpy(last, p, (size_t)(end - p));
    }
    ck_block_bits bits = read(is_full ? p : last);
    bits.white |= spill;
    spill = bits.leads ? ck_block_rare(&bits, p, end) : 0;
    code = ck_split_block(scanner, p, &bits, position, &piece);
    if (scanner->tokens->starts) position += ck_ones(bits.begins);
    if (!is_full) break;
  }
  return code;
}

static uint8_t ck_kind_of_class(uint8_t class) {
  switch (class) {
    case CK_CLASS_ARABIC:
    case CK_CLASS_LETTER:
    case CK_CLASS_MARK:
      return CK_KIND_WORD;
    case CK_CLASS_DIGIT:
      return CK_KIND_NUMBER;
    case CK_CLASS_PUNCTUATION:
      return CK_KIND_PUNCTUATION;
    case CK_CLASS_EMOJI:
      return CK_KIND_EMOJI;
    default:
      return CK_KIND_SYMBOL;
  }
}

ck_code ck_scan_characters(ck_scanner *scanner, const uint8_t *p, const uint8_t *end, const ck_tokens *standard) {
  static const uint8_t space[CK_KEY_INLINE] = {' '};
  const uint8_t both = CK_BEGINS_SENTENCE | CK_BEGINS_PARAGRAPH;
  size_t next = 0; /* the next standard token */
  bool new_paragraph = true, spaced = false;
  uint32_t space_position = 0;
  ck_code code = ck_scanner_begin(scanner, end);
  if (CK_UNLIKELY(code)) return code;
  for (uint32_t position = 0; p < end; position++) {
    ck_point point = ck_point_at(p, end);
    const uint8_t *start = p;
    uint8_t class = ck_class_of(point.entry), flags = CK_GLUED;
    p += point.size;
    if (class == CK_CLASS_SPACE || class == CK_CLASS_BREAK) {
      if (!spaced) space_position = position;
      spaced = true;
      new_paragraph |= class == CK_CLASS_BREAK;
      continue;
    }
    if (spaced && !new_paragraph)
      code = ck_put(scanner, space, 1, space + sizeof space, space_position, CK_KIND_SYMBOL, CK_GLUED);
    if (code) return code;
    if (next < standard->length && standard->starts[next] == position) {
      /* the first character of the paragraph, possibly invisible, began its first sentence */
      if (!(standard->flags[next] & CK_BEGINS_PARAGRAPH)) flags |= standard->flags[next] & CK_BEGINS_SENTENCE;
      next++;
    }
    if (new_paragraph) flags = both;
    code = ck_put(scanner, start, point.size, end, position, ck_kind_of_class(class), flags);
    if (CK_UNLIKELY(code)) return code;
    new_paragraph = spaced = false;
  }
  return CK_OK;
}
