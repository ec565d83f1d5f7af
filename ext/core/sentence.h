/* Sentence boundaries, decided in one pass over the tokens.
 *
 * A sentence ends at an end mark; closing quotation marks and brackets after the mark still belong to it. So the
 * decision is made at the first token that cannot belong to the old sentence. */
#ifndef CK_SENTENCE_H
#define CK_SENTENCE_H

#include "classes.h"

/* Flags of a token. */
enum { CK_BEGINS_SENTENCE = 1, CK_BEGINS_PARAGRAPH = 2, CK_GLUED = 4 };

typedef enum {
  CK_WITHIN,            /* no end mark was seen */
  CK_NEW_PARAGRAPH,     /* the next token begins a paragraph */
  CK_ENDED,             /* an end mark was seen */
  CK_ENDED_UNLESS_GLUED /* a full stop after a Latin letter or a digit was seen */
} ck_sentence_state;

typedef struct {
  ck_sentence_state state;
  uint32_t depth; /* of open quotation marks that come in pairs */
  bool open;      /* a quotation in ASCII quotation marks is open */
} ck_sentence;

static inline bool ck_is_dotted(uint8_t entry) {
  return ck_class_of(entry) == CK_CLASS_LETTER || ck_class_of(entry) == CK_CLASS_DIGIT;
}

/* The flags of the next token, whose first code point has the entry `first`. Called unless the state is CK_WITHIN. */
CK_UNUSED static uint8_t ck_sentence_begin(ck_sentence *sentence, uint8_t first, uint8_t role, bool glued) {
  ck_sentence_state state = sentence->state;
  sentence->state = CK_WITHIN;
  if (state == CK_NEW_PARAGRAPH) {
    sentence->depth = 0;
    sentence->open = false;
    return CK_BEGINS_SENTENCE | CK_BEGINS_PARAGRAPH;
  }
  if (state == CK_ENDED_UNLESS_GLUED && glued && ck_is_dotted(first)) return 0;
  switch (role) {
    case CK_ROLE_CONTINUES:
      return 0;
    case CK_ROLE_QUOTATION_TOGGLES:
      if (!sentence->open) return CK_BEGINS_SENTENCE;
      break;
    case CK_ROLE_APOSTROPHE:
      if (!glued) return CK_BEGINS_SENTENCE;
      break;
    case CK_ROLE_END:
    case CK_ROLE_FULL_STOP:
    case CK_ROLE_ELLIPSIS:
    case CK_ROLE_QUOTATION_CLOSES:
    case CK_ROLE_BRACKET_CLOSES:
      break;
    default:
      return CK_BEGINS_SENTENCE;
  }
  sentence->state = CK_ENDED;
  return 0;
}

/* The token before a mark, in its paragraph. */
typedef struct {
  const uint8_t *start, *end; /* start is NULL if there is none */
  uint8_t kind;
  bool glued; /* to the mark */
  uint8_t flags;
} ck_before;

/* Whether it is a single letter; tatweel is none. */
static bool ck_is_initial(const uint8_t *word, size_t length) {
  ck_point point = ck_point_at(word, word + length);
  uint8_t class = ck_class_of(point.entry);
  return point.size == length && (class == CK_CLASS_ARABIC || class == CK_CLASS_LETTER) &&
         point.code_point != CK_TATWEEL;
}

/* Whether it is a single code point or a listed abbreviation. */
static bool ck_is_abbreviation(const uint8_t *word, size_t length) {
  if (length <= 4 && ck_point_at(word, word + length).size == length) return true;
  if (length > 31 || !(CK_ABBREVIATION_LENGTHS[word[length - 1]] >> length & 1)) return false;
  for (int i = 0; i < CK_ABBREVIATIONS_COUNT; i++)
    if (CK_ABBREVIATIONS[i].length == length && !memcmp(CK_ABBREVIATIONS[i].bytes, word, length)) return true;
  return false;
}

/* Whether `is` holds for the word, or for what follows a proclitic conjunction. The word is not empty. */
static inline bool ck_is_or_follows(bool (*is)(const uint8_t *, size_t), const uint8_t *word, size_t length) {
  for (int i = 0; i < CK_ABBREVIATION_PREFIXES_COUNT; i++) {
    size_t prefix = CK_ABBREVIATION_PREFIXES[i].length;
    if (length > prefix && !memcmp(CK_ABBREVIATION_PREFIXES[i].bytes, word, prefix) &&
        is(word + prefix, length - prefix))
      return true;
  }
  return is(word, length);
}

/* Whether the word before a full stop is abbreviated. With white space between, only a single letter is: after others
 * (1436 هـ .), and after a letter at a number (2015م .), the sentence mostly ends. */
static bool ck_is_abbreviated(ck_before before) {
  size_t length = (size_t)(before.end - before.start);
  if (before.glued) return ck_is_or_follows(ck_is_abbreviation, before.start, length);
  if ((before.flags & CK_GLUED) && ck_class_of(ck_point_before(before.start).entry) == CK_CLASS_DIGIT) return false;
  return ck_is_or_follows(ck_is_initial, before.start, length);
}

/* The state after a full stop within a sentence. */
CK_UNUSED static ck_sentence_state ck_full_stop(ck_before before) {
  if (!before.start) return CK_ENDED;
  if (before.kind == CK_KIND_WORD && ck_is_abbreviated(before)) return CK_WITHIN;
  if (before.kind == CK_KIND_NUMBER && (before.flags & CK_BEGINS_PARAGRAPH)) return CK_WITHIN; /* an item of a list */
  return before.glued && ck_is_dotted(ck_point_before(before.end).entry) ? CK_ENDED_UNLESS_GLUED : CK_ENDED;
}

/* Updates the state for a mark, repeated `repeats` times; a single full stop is for ck_full_stop. */
CK_UNUSED static void ck_sentence_pass(ck_sentence *sentence, uint8_t role, uint32_t repeats) {
  switch (role) {
    case CK_ROLE_QUOTATION_OPENS:
      sentence->depth += repeats;
      break;
    case CK_ROLE_QUOTATION_CLOSES:
      sentence->depth -= repeats < sentence->depth ? repeats : sentence->depth;
      break;
    case CK_ROLE_QUOTATION_TOGGLES:
      sentence->open ^= repeats & 1;
      break;
    case CK_ROLE_END:
      sentence->state = CK_ENDED;
      break;
    case CK_ROLE_FULL_STOP:
      if (repeats == 2) break; /* a pause */
      /* fall through */
    case CK_ROLE_ELLIPSIS:
      if (!sentence->depth && !sentence->open) sentence->state = CK_ENDED;
      break;
    default:
      break;
  }
}

#endif
