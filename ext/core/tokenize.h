/* Tokenisation: type ids, starts in code points, flags.
 *
 * No rule crosses white space. A run of Arabic letters and marks, which is most of Arabic text, is a token at once;
 * everything else goes through the rules. The text must be validated UTF-8. The time is linear: e-mail addresses, the
 * only rule that would look far ahead from every letter, are searched once from every @. */
#ifndef CK_TOKENIZE_H
#define CK_TOKENIZE_H

#include "sentence.h"
#include "type_table.h"

typedef enum { CK_STANDARD, CK_WHITESPACE, CK_CHARACTER } ck_token_mode;

typedef struct {
  uint32_t *ids, *starts;
  uint8_t *flags;
  size_t length, capacity;
  bool without_starts; /* if set, none are written and `starts` stays NULL */
} ck_tokens;

void ck_tokens_free(ck_tokens *tokens);

/* Reserves space for more tokens. */
ck_code ck_tokens_reserve(ck_tokens *tokens, size_t more, ck_error *error);

/* A flag of last_kind, above the kinds. */
enum { CK_SPACED = 0x80 };

/* Keys queued for their ids while their slots are prefetched. */
enum { CK_WAITING = 64 };

typedef struct {
  ck_types *types; /* NULL: tokens get no ids */
  ck_tokens *tokens;
  ck_ticker *ticker;
  ck_error *error;
  ck_key waiting[CK_WAITING];
  unsigned n_waiting;
  int64_t bytes_done; /* since the last tick */
  /* the text */
  const uint8_t *end;
  uint32_t position; /* number of code points before the next token */
  /* the previous token */
  const uint8_t *last_start, *last_end; /* last_start is NULL at the start of a paragraph */
  uint8_t last_kind; /* with CK_SPACED if it is not adjacent to the next one */
  ck_sentence sentence;
  /* the next @ in the text, the start of its local part, and the end of its address */
  const uint8_t *at, *mail_start, *mail_end;
  ck_simd simd; /* the fastest one unless the caller sets another */
} ck_scanner;

void ck_scanner_init(ck_scanner *scanner, ck_types *types, ck_tokens *tokens, ck_ticker *ticker, ck_error *error);

/* Assigns ids to the queued tokens, which are the last ones; their bytes must still exist. Afterwards there is space
 * for a full queue. */
ck_code ck_scanner_flush(ck_scanner *scanner);

/* Writes a token that starts at code point `position`; ck_scanner_begin and ck_scanner_flush reserved the space. */
static inline ck_code ck_put(ck_scanner *scanner, const uint8_t *bytes, size_t length, const uint8_t *readable_end,
                             uint32_t position, uint8_t kind, uint8_t flags) {
  ck_tokens *tokens = scanner->tokens;
  size_t token = tokens->length++;
  CK_ASSERT(token < tokens->capacity);
  if (tokens->starts) tokens->starts[token] = position;
  tokens->flags[token] = flags;
  scanner->bytes_done += (int64_t)length;
  if (scanner->types) {
    ck_key *key = &scanner->waiting[scanner->n_waiting];
    ck_key_make(key, bytes, (uint32_t)length, (size_t)(readable_end - bytes), kind, &scanner->types->seeds);
    ck_types_prefetch(scanner->types, key->hash);
  }
  return ++scanner->n_waiting == CK_WAITING ? ck_scanner_flush(scanner) : CK_OK;
}

/* ------------------------------------------------------- standard tokens */

/* The standard tokens of one text. */
ck_code ck_scan_standard(ck_scanner *scanner, const uint8_t *p, const uint8_t *end);

/* ---------------------------------------------------------- other modes */

/* Exactly the pieces of Python's str.split(). */
ck_code ck_scan_whitespace(ck_scanner *scanner, const uint8_t *p, const uint8_t *end);

/* Code points as tokens. `standard` are the standard tokens of the same text, for the starts of sentences. */
ck_code ck_scan_characters(ck_scanner *scanner, const uint8_t *p, const uint8_t *end, const ck_tokens *standard);

#endif
