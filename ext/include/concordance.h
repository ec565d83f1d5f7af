/* Context of the hits of a search: how far it reaches, and its text. */
#ifndef CK_CONCORDANCE_H
#define CK_CONCORDANCE_H

#include "column_out.h"
#include "core.h"
#include "text_column.h"

enum { CK_FLAG_GLUED = 4 }; /* no white space before this token */

/* A corpus as its arrays: types[i] is the type of token i, counted[t] says
 * whether tokens of type t are words (and not punctuation or symbols). */
typedef struct {
  const uint32_t *types;
  const uint8_t *flags;
  int64_t n_tokens;
  const uint8_t *counted;
  int64_t n_types;
} ck_token_arrays;

static inline bool ck_is_word(const ck_token_arrays *tokens, int64_t i) {
  uint32_t type = tokens->types[i];
  return type < tokens->n_types && tokens->counted[type];
}

/* A context looks at no more than so many tokens for each word it is asked for.
 * Texts never come near it; a page of nothing but signs would otherwise be gone
 * through, and shown, whole for every hit. */
enum { CK_REACH = 16 };

static inline int64_t ck_reach_before(int64_t hit, int64_t low, int64_t words) {
  return words < (hit - low + CK_REACH - 1) / CK_REACH ? hit - CK_REACH * words : low;
}

static inline int64_t ck_reach_after(int64_t after, int64_t high, int64_t words) {
  return words < (high - after + CK_REACH - 1) / CK_REACH ? after + CK_REACH * words : high;
}

/* First token of the context that reaches `window` words back from `hit`, not
 * before `low`. Punctuation before the first of these words stays outside. */
CK_UNUSED static inline int64_t ck_context_before(const ck_token_arrays *tokens, int64_t hit, int64_t low,
                                                  int64_t window) {
  int64_t first = hit;
  low = ck_reach_before(hit, low, window);
  for (int64_t i = hit - 1; i >= low && window > 0; i--) {
    if (!ck_is_word(tokens, i)) continue;
    first = i;
    window--;
  }
  return window > 0 ? low : first; /* fewer words than asked: everything from the beginning */
}

/* End of the context that reaches `window` words forward from `after`, the
 * token after the hit; punctuation that follows the last word belongs to it
 * only while it is glued. */
CK_UNUSED static inline int64_t ck_context_after(const ck_token_arrays *tokens, int64_t after, int64_t high,
                                                 int64_t window) {
  int64_t end = after;
  if (window == 0) return after;
  high = ck_reach_after(after, high, window);
  while (end < high && window > 0) window -= ck_is_word(tokens, end++);
  if (window > 0) return high;
  while (end < high && !ck_is_word(tokens, end) && (tokens->flags[end] & CK_FLAG_GLUED)) end++;
  return end;
}

/* Position of the `k`-th word (from 1) before `hit` or after `after`, or -1
 * where there is none within reach. */
CK_UNUSED static inline int64_t ck_word_before(const ck_token_arrays *tokens, int64_t hit, int64_t low, int64_t k) {
  low = ck_reach_before(hit, low, k);
  for (int64_t i = hit - 1; i >= low; i--)
    if (ck_is_word(tokens, i) && --k == 0) return i;
  return -1;
}

CK_UNUSED static inline int64_t ck_word_after(const ck_token_arrays *tokens, int64_t after, int64_t high, int64_t k) {
  high = ck_reach_after(after, high, k);
  for (int64_t i = after; i < high; i++)
    if (ck_is_word(tokens, i) && --k == 0) return i;
  return -1;
}

/* Appends the text of the tokens first..end: their surfaces, with one space
 * where white space stood between them. */
CK_UNUSED static ck_code ck_join_tokens(const ck_token_arrays *tokens, int64_t first, int64_t end,
                                        const ck_text *surfaces, ck_strings *out, ck_error *error) {
  size_t length = 0;
  for (int64_t i = first; i < end; i++) {
    uint32_t type = tokens->types[i];
    if (CK_UNLIKELY(type >= tokens->n_types))
      return ck_fail(error, CK_CORRUPT, "token %lld has the type %u of %lld types", (long long)i, type,
                     (long long)tokens->n_types);
    length += surfaces[type].length + 1u;
  }
  uint8_t *text = ck_strings_room(out, length, error);
  if (!text) return error->code;
  uint8_t *end_of_text = text;
  for (int64_t i = first; i < end; i++) {
    ck_text surface = surfaces[tokens->types[i]];
    if (i > first && !(tokens->flags[i] & CK_FLAG_GLUED)) *end_of_text++ = ' ';
    memcpy(end_of_text, surface.bytes, surface.length);
    end_of_text += surface.length;
  }
  return ck_strings_commit(out, (size_t)(end_of_text - text), error);
}

#endif
