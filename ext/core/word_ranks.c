#include "word_ranks.h"

#include "bytes.h"
#include "letter_code.h"
#include "sorted.h"

typedef struct {
  uint64_t head; /* the first eight bytes of its code, big-endian, padded with zeros */
  const ck_text *word;
} ck_ranked_word;

enum { CK_HEAD = 8, CK_RANK_BITS = 11 };

/* `word` is validated UTF-8. */
static uint64_t ck_head_of(ck_text word) {
  uint8_t code[CK_HEAD + CK_MOST_CODE] = {0}, *to = code;
  for (size_t i = 0; i < word.length && to < code + CK_HEAD;) {
    unsigned size;
    to = ck_put_code(to, ck_utf8_decode(word.bytes + i, &size));
    i += size;
  }
  return ck_load_big(code);
}

static int ck_compare_words_of_a_head(const void *one, const void *other) {
  const ck_text *a = ((const ck_ranked_word *)one)->word, *b = ((const ck_ranked_word *)other)->word;
  size_t most = a->length < b->length ? a->length : b->length;
  int order = memcmp(a->bytes, b->bytes, most);
  if (order) return order;
  if (a->length != b->length) return a->length < b->length ? -1 : 1;
  return (a > b) - (a < b); /* the sort is stable */
}

CK_RADIX_PASS(ck_head_pass, ck_ranked_word, item->head)

/* Radix sort by the heads. There are six passes, so that the result is in the first array. */
static ck_code ck_sort_heads(ck_ranked_word *words, ck_ranked_word *room, size_t n, ck_ticker *ticker,
                             ck_error *error) {
  size_t places[1 << CK_RANK_BITS];
  for (unsigned shift = 0; shift < 64; shift += CK_RANK_BITS) {
    ck_head_pass(words, room, n, shift, CK_RANK_BITS, places);
    ck_ranked_word *sorted = room;
    room = words;
    words = sorted;
    CK_TRY(ck_tick(ticker, (int64_t)n, error));
  }
  return CK_OK;
}

static ck_code ck_find_heads(const ck_text *words, size_t n, ck_ranked_word *ranked, ck_error *error) {
  for (size_t i = 0; i < n; i++) {
    if (CK_UNLIKELY(ck_utf8_check(words[i].bytes, words[i].length) != words[i].length))
      return ck_fail(error, CK_CORRUPT, "word %zu is not UTF-8", i);
    ranked[i] = (ck_ranked_word){ck_head_of(words[i]), &words[i]};
  }
  return CK_OK;
}

ck_code ck_word_ranks(const ck_text *words, size_t n, uint32_t *ranks, ck_ticker *ticker, ck_error *error) {
  ck_ranked_word *ranked = (ck_ranked_word *)ck_large(n, sizeof *ranked, error);
  ck_ranked_word *room = ranked ? (ck_ranked_word *)ck_large(n, sizeof *room, error) : NULL;
  ck_code code = room ? ck_find_heads(words, n, ranked, error) : error->code;
  if (!code) code = ck_sort_heads(ranked, room, n, ticker, error);
  for (size_t i = 0; i < n && !code;) {
    size_t end = i + 1;
    while (end < n && ranked[end].head == ranked[i].head) end++;
    if (end - i > 1) qsort(ranked + i, end - i, sizeof *ranked, ck_compare_words_of_a_head);
    i = end;
  }
  for (size_t i = 0; i < n && !code; i++) ranks[ranked[i].word - words] = (uint32_t)i;
  ck_block_give(ranked);
  ck_block_give(room);
  return code;
}
