#include "sequences.h"

#include "bytes.h"
#include "pages.h"

/* Open addressing with linear probing; a slot has the number of a sequence plus one, 0 if it is free. At most half of
 * the slots are taken. The tokens of all sequences are in one array, so that they are compared without going back to
 * the text: those of sequence n are from begins[n] up to begins[n + 1]. */
typedef struct {
  uint32_t *slots;
  size_t mask;
  ck_u64s hashes, begins, tokens;
  uint64_t seed;
} ck_sequences;

enum { CK_SEQUENCES_FIRST = 1 << 10, CK_SPANS_AHEAD = 16 };

static ck_code ck_sequences_resize(ck_sequences *table, size_t slots, ck_error *error) {
  uint32_t *fresh = (uint32_t *)ck_large(slots, sizeof(uint32_t), error);
  CK_TRY(!fresh);
  memset(fresh, 0, slots * sizeof(uint32_t));
  ck_block_give(table->slots);
  table->slots = fresh;
  table->mask = slots - 1;
  for (size_t n = 0; n < table->hashes.length; n++) {
    size_t slot = (size_t)table->hashes.data[n] & table->mask;
    while (fresh[slot]) slot = (slot + 1) & table->mask;
    fresh[slot] = (uint32_t)n + 1;
  }
  return CK_OK;
}

/* Appends the tokens of a span: their types, and whether white space is before each but the first. */
static ck_code ck_sequence_push(const ck_token_arrays *tokens, int64_t first, int64_t last, ck_sequences *table,
                                uint64_t *hash, ck_error *error) {
  *hash = table->seed;
  for (int64_t i = first; i < last; i++) {
    ck_touch(&tokens->of_types, (size_t)i);
    uint64_t token = (uint64_t)ck_once32(&tokens->types[i]) << 1 | (i == first || ck_is_glued(tokens, i));
    *hash = ck_hash_mix(*hash + (token + 1) * 0x9E3779B97F4A7C15u);
    CK_TRY(ck_u64s_push(&table->tokens, token, error));
  }
  return CK_OK;
}

/* Whether sequence n is that of the `length` tokens at the end of the array. */
static bool ck_is_sequence(const ck_sequences *table, size_t n, size_t length) {
  const uint64_t *data = table->tokens.data;
  size_t begin = (size_t)table->begins.data[n], last = table->tokens.length - length;
  if (table->begins.data[n + 1] - begin != length) return false;
  for (size_t k = 0; k < length; k++)
    if (data[begin + k] != data[last + k]) return false;
  return true;
}

/* The number of a span, which is new if it is that of `first->length` before. */
static ck_code ck_number_span(const ck_token_arrays *tokens, const ck_spans *spans, size_t i, ck_sequences *table,
                              ck_u32s *first, uint32_t *number, int64_t *done, ck_error *error) {
  int64_t begin = 0, end = 0;
  uint64_t hash = 0;
  CK_TRY(ck_span_at(tokens, spans, i, &begin, &end, error));
  CK_TRY(ck_sequence_push(tokens, begin, end, table, &hash, error));
  size_t slot = (size_t)hash & table->mask, length = (size_t)(end - begin);
  *done = end - begin;
  for (; table->slots[slot]; slot = (slot + 1) & table->mask) {
    *number = table->slots[slot] - 1;
    if (table->hashes.data[*number] != hash || !ck_is_sequence(table, *number, length)) continue;
    table->tokens.length -= length;
    return CK_OK;
  }
  *number = (uint32_t)first->length;
  table->slots[slot] = *number + 1;
  CK_TRY(ck_u32s_push(first, (uint32_t)i, error));
  CK_TRY(ck_u64s_push(&table->hashes, hash, error));
  CK_TRY(ck_u64s_push(&table->begins, table->tokens.length, error));
  return 2 * first->length > table->mask ? ck_sequences_resize(table, 2 * (table->mask + 1), error) : CK_OK;
}

ck_code ck_number_spans(const ck_token_arrays *tokens, const ck_spans *spans, uint64_t seed, uint32_t *numbers,
                        ck_u32s *first, ck_ticker *ticker, ck_error *error) {
  ck_sequences table = {0};
  table.seed = ck_seed_part(seed, 0);
  if (spans->length >= UINT32_MAX)
    return ck_fail(error, CK_LIMIT, "the number of spans must be below 4,294,967,295, got %zu", spans->length);
  ck_code code = ck_sequences_resize(&table, CK_SEQUENCES_FIRST, error);
  if (!code) code = ck_u64s_push(&table.begins, 0, error);
  for (size_t i = 0; !code && i < spans->length; i++) {
    int64_t done = 0;
    if (i + CK_SPANS_AHEAD < spans->length) {
      int64_t ahead = spans->first[i + CK_SPANS_AHEAD];
      if (ahead >= 0 && ahead < tokens->n_tokens) CK_PREFETCH(tokens->types + ahead);
    }
    code = ck_number_span(tokens, spans, i, &table, first, &numbers[i], &done, error);
    if (!code) code = ck_tick(ticker, done + 1, error);
  }
  ck_block_give(table.slots);
  ck_u64s_free(&table.hashes);
  ck_u64s_free(&table.begins);
  ck_u64s_free(&table.tokens);
  return code;
}
