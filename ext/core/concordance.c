#include "concordance.h"

#include "sorted.h"
#include "threads.h"
#include "utf8.h"

static inline bool ck_is_word(const ck_token_arrays *tokens, int64_t i) {
  ck_touch(&tokens->of_types, (size_t)i);
  uint32_t type = ck_once32(&tokens->types[i]);
  return type < tokens->n_types && tokens->counted[type];
}

/* Most tokens examined for each word of context requested. Normal text never gets close; without a limit, a page of
 * nothing but symbols would be scanned and shown whole for every hit. */
enum { CK_REACH = 16 };

static inline int64_t ck_reach_before(int64_t hit, int64_t low, int64_t words) {
  return words < (hit - low + CK_REACH - 1) / CK_REACH ? hit - CK_REACH * words : low;
}

static inline int64_t ck_reach_after(int64_t after, int64_t high, int64_t words) {
  return words < (high - after + CK_REACH - 1) / CK_REACH ? after + CK_REACH * words : high;
}

/* First token of the context of `window` words before `hit`, not before `low`. It excludes punctuation before the
 * first of these words. */
static inline int64_t ck_context_before(const ck_token_arrays *tokens, int64_t hit, int64_t low,
                                                  int64_t window) {
  int64_t first = hit;
  low = ck_reach_before(hit, low, window);
  for (int64_t i = hit - 1; i >= low && window > 0; i--) {
    if (!ck_is_word(tokens, i)) continue;
    first = i;
    window--;
  }
  return window > 0 ? low : first; /* fewer words than requested: everything from the beginning */
}

/* End of the context of `window` words from `after`, the token after the hit. It includes punctuation after the last
 * word only if no white space is between. */
static inline int64_t ck_context_after(const ck_token_arrays *tokens, int64_t after, int64_t high,
                                                 int64_t window) {
  int64_t end = after;
  if (window == 0) return after;
  high = ck_reach_after(after, high, window);
  while (end < high && window > 0) window -= ck_is_word(tokens, end++);
  if (window > 0) return high;
  while (end < high && !ck_is_word(tokens, end) && ck_is_glued(tokens, end)) end++;
  return end;
}

/* The documents of ascending tokens: document d has the tokens from ends[d - 1] up to ends[d]. */
typedef struct {
  const uint64_t *ends;
  size_t length, document; /* documents, and that of the last token */
} ck_document_finder;

enum { CK_DOCUMENT_STEPS = 4 }; /* before they are bisected: the next token is usually a few documents on */

/* First document from `d` on that ends after a token. */
static size_t ck_skip_documents(const ck_document_finder *finder, size_t d, uint64_t token) {
  for (int step = 0; step < CK_DOCUMENT_STEPS && d < finder->length; step++, d++)
    if (finder->ends[d] > token) return d;
  return ck_first_above(finder->ends, d, finder->length, token);
}

/* Finds the bounds of the document of a token, which must not be before that of the last one; false if there is
 * none. */
static CK_INLINE bool ck_find_document(ck_document_finder *finder, uint64_t token, uint64_t *low, uint64_t *high) {
  size_t d = finder->document;
  if (d < finder->length) d += finder->ends[d] <= token; /* a branch could not be predicted */
  if (d < finder->length && CK_UNLIKELY(finder->ends[d] <= token)) d = ck_skip_documents(finder, d + 1, token);
  finder->document = d;
  if (CK_UNLIKELY(d >= finder->length)) return false;
  *low = d ? ck_once64(&finder->ends[d - 1]) : 0;
  *high = ck_once64(&finder->ends[d]);
  return token >= *low && token < *high;
}

enum {
  CK_NODES_AHEAD = 16, /* what is far apart is fetched this early */
  CK_NODES_WORTH_A_THREAD = 1 << 16
};

/* Rank of the `k`-th word of the tokens from `i` up to, or down to, but without `end`; adds what it read to `done`. */
static CK_INLINE uint32_t ck_rank_towards(const ck_token_arrays *tokens, const uint32_t *ranks, int64_t i, int64_t end,
                                          int64_t step, int64_t k, int64_t *done) {
  uint32_t rank = UINT32_MAX;
  for (; i != end; i += step, (*done)++) {
    ck_touch(&tokens->of_types, (size_t)i);
    uint32_t type = ck_once32(&tokens->types[i]);
    rank = CK_LIKELY(type < tokens->n_types) ? ranks[type] : UINT32_MAX;
    if (rank != UINT32_MAX && --k <= 0) return rank;
  }
  return UINT32_MAX;
}

static ck_code ck_neighbours_between(const ck_neighbours *job, size_t from, size_t to, ck_ticker *ticker,
                                     ck_error *error) {
  const ck_token_arrays tokens = *job->tokens;
  const uint32_t *nodes = job->nodes, *ranks = job->ranks;
  ck_document_finder finder = {job->document_ends, job->n_documents, 0};
  uint64_t low, high;
  if (from) (void)ck_find_document(&finder, nodes[from - 1], &low, &high); /* so that all see descending nodes */
  for (size_t i = from; i < to; i++) {
    if (i + CK_NODES_AHEAD < to && nodes[i + CK_NODES_AHEAD] < tokens.n_tokens)
      CK_PREFETCH(tokens.types + nodes[i + CK_NODES_AHEAD]);
    uint32_t node32 = ck_once32(&nodes[i]);
    int64_t node = node32, done = 1;
    if (CK_UNLIKELY(!ck_find_document(&finder, node32, &low, &high) || high > (uint64_t)tokens.n_tokens))
      return ck_fail(error, CK_CORRUPT, "nodes must be ascending tokens of documents, got %u at %zu", node32, i);
    if (!job->k)
      job->out[i] = ck_rank_towards(&tokens, ranks, node, node + 1, 1, 1, &done);
    else if (job->before)
      job->out[i] = ck_rank_towards(&tokens, ranks, node - 1, ck_reach_before(node, (int64_t)low, job->k) - 1, -1,
                                    job->k, &done);
    else
      job->out[i] = ck_rank_towards(&tokens, ranks, node + 1, ck_reach_after(node + 1, (int64_t)high, job->k), 1,
                                    job->k, &done);
    CK_TRY(ck_tick(ticker, done, error));
  }
  return CK_OK;
}

typedef struct {
  const ck_neighbours *job;
  unsigned workers;
} ck_neighbours_shared;

static ck_code ck_neighbours_worker(void *context, unsigned worker, ck_ticker *ticker, ck_error *error) {
  const ck_neighbours_shared *shared = (const ck_neighbours_shared *)context;
  size_t n = shared->job->n_nodes, from = ck_share(n, shared->workers, worker);
  return ck_neighbours_between(shared->job, from, ck_share(n, shared->workers, worker + 1), ticker, error);
}

ck_code ck_neighbour_ranks(const ck_neighbours *job, ck_ticker *ticker, ck_error *error) {
  size_t grain = job->grain ? job->grain : CK_NODES_WORTH_A_THREAD;
  ck_neighbours_shared shared = {job, ck_workers_for(job->threads, job->n_nodes, grain)};
  return ck_parallel(shared.workers, ck_neighbours_worker, &shared, ticker, error);
}

ck_code ck_count_in_documents(const uint32_t *places, size_t n_places, const uint64_t *document_ends,
                              size_t n_documents, int64_t *counts, ck_ticker *ticker, ck_error *error) {
  ck_document_finder finder = {document_ends, n_documents, 0};
  uint64_t low, high;
  for (size_t i = 0, end; i < n_places; i = end) {
    uint32_t place = ck_once32(&places[i]);
    bool is_found = ck_find_document(&finder, place, &low, &high);
    end = is_found && high <= UINT32_MAX ? ck_gallop(places, i, n_places, (uint32_t)high - 1) : n_places;
    if (CK_UNLIKELY(!is_found || end == i))
      return ck_fail(error, CK_CORRUPT, "places must be ascending tokens of documents, got %u at %zu", place, i);
    counts[finder.document] += (int64_t)(end - i);
    CK_TRY(ck_tick(ticker, (int64_t)(end - i), error));
  }
  return CK_OK;
}

/* The first place of `order` from `low` on whose text is not below `wanted`, or is above all that begin with it. */
static ck_code ck_texts_bisect(const ck_texts *texts, const uint32_t *order, size_t low, size_t high, ck_text wanted,
                               bool above, bool begins, size_t *place, ck_error *error) {
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    uint32_t row = ck_once32(&order[middle]);
    ck_text text;
    if (CK_UNLIKELY(row >= texts->length))
      return ck_fail(error, CK_CORRUPT, "text %u is to be compared, but there are %zu", row, texts->length);
    CK_TRY(ck_texts_get(texts, row, &text, error));
    size_t shared = text.length < wanted.length ? text.length : wanted.length;
    int way = shared ? memcmp(text.bytes, wanted.bytes, shared) : 0;
    if (!way) way = text.length < wanted.length ? -1 : text.length > wanted.length && !(above && begins);
    if (way < 0 || (above && !way))
      low = middle + 1;
    else
      high = middle;
  }
  *place = low;
  return CK_OK;
}

ck_code ck_texts_find(const ck_texts *texts, const uint32_t *order, size_t n_order, const ck_text *wanted,
                      size_t n_wanted, bool begins, uint32_t *low, uint32_t *high, ck_ticker *ticker,
                      ck_error *error) {
  for (size_t i = 0; i < n_wanted; i++) {
    size_t from = 0, to = 0;
    CK_TRY(ck_texts_bisect(texts, order, 0, n_order, wanted[i], false, begins, &from, error));
    CK_TRY(ck_texts_bisect(texts, order, from, n_order, wanted[i], true, begins, &to, error));
    low[i] = (uint32_t)from;
    high[i] = (uint32_t)to;
    CK_TRY(ck_tick(ticker, 64, error));
  }
  return CK_OK;
}

/* Commits a value joined from texts of a file, after checking that it is UTF-8. */
static ck_code ck_texts_commit(ck_strings *out, const uint8_t *value, size_t length, ck_error *error) {
  if (CK_UNLIKELY(ck_utf8_check(value, length) != length))
    return ck_fail(error, CK_UTF8, "a text of the corpus is not valid UTF-8");
  return ck_strings_commit(out, length, error);
}

static ck_code ck_texts_push(const ck_texts *texts, size_t i, ck_strings *out, ck_error *error) {
  ck_text text;
  CK_TRY(ck_texts_get(texts, i, &text, error));
  uint8_t *room = ck_strings_room(out, text.length, error);
  CK_TRY(!room);
  memcpy(room, text.bytes, text.length);
  return ck_texts_commit(out, room, text.length, error);
}

/* The text of a token of a corpus. The arrays may change while they are read, so each is checked whenever it is. */
static inline ck_code ck_text_of_token(const ck_token_arrays *tokens, int64_t i, const ck_texts *texts, ck_text *text,
                                       ck_error *error) {
  ck_touch(&tokens->of_types, (size_t)i);
  uint32_t type = ck_once32(&tokens->types[i]);
  if (CK_UNLIKELY(type >= texts->length))
    return ck_fail(error, CK_CORRUPT, "token %lld has the type %u of %zu types", (long long)i, type, texts->length);
  return ck_texts_get(texts, type, text, error);
}

/* Appends the text of the tokens from `first` up to `end`: the texts of their types, separated by a space where there
 * was white space. */
static ck_code ck_join_tokens(const ck_token_arrays *tokens, int64_t first, int64_t end,
                                        const ck_texts *texts, ck_strings *out, ck_error *error) {
  size_t length = 0;
  ck_text text;
  for (int64_t i = first; i < end && length <= INT32_MAX; i++) {
    CK_TRY(ck_text_of_token(tokens, i, texts, &text, error));
    length += text.length + 1u;
  }
  uint8_t *room = ck_strings_room(out, length, error), *at = room;
  CK_TRY(!room);
  for (int64_t i = first; i < end; i++) {
    CK_TRY(ck_text_of_token(tokens, i, texts, &text, error));
    if (CK_UNLIKELY(text.length + 1u > length - (size_t)(at - room)))
      return ck_fail(error, CK_CORRUPT, "the tokens of the corpus changed while they were read");
    if (i > first && !ck_is_glued(tokens, i)) *at++ = ' ';
    memcpy(at, text.bytes, text.length);
    at += text.length;
  }
  return ck_texts_commit(out, room, (size_t)(at - room), error);
}

/* -------------------------------------------------------------- many spans */

ck_code ck_join_spans(const ck_token_arrays *tokens, const ck_spans *spans, const ck_texts *texts, ck_strings *out,
                      ck_ticker *ticker, ck_error *error) {
  ck_code code = CK_OK;
  for (size_t i = 0; !code && i < spans->length; i++) {
    int64_t first, last;
    code = ck_span_at(tokens, spans, i, &first, &last, error);
    if (!code) code = ck_join_tokens(tokens, first, last, texts, out, error);
    if (!code) code = ck_tick(ticker, last - first, error);
  }
  if (code) ck_strings_free(out);
  return code;
}

ck_code ck_token_ends(const ck_token_arrays *tokens, const int64_t *places, const uint32_t *starts, size_t n_places,
                      const ck_texts *texts, uint32_t *ends, ck_ticker *ticker, ck_error *error) {
  for (size_t i = 0; i < n_places; i++) {
    ck_text text;
    int64_t place = (int64_t)ck_once64((const uint64_t *)&places[i]);
    if (CK_UNLIKELY(place < 0 || place >= tokens->n_tokens))
      return ck_fail(error, CK_CORRUPT, "places must be within %lld tokens, got %lld", (long long)tokens->n_tokens,
                     (long long)place);
    CK_TRY(ck_text_of_token(tokens, place, texts, &text, error));
    ends[i] = starts[i] + (uint32_t)ck_utf8_count(text.bytes, text.length);
    CK_TRY(ck_tick(ticker, 1, error));
  }
  return CK_OK;
}

/* ------------------------------------------------------------------- lines */

enum { CK_LINE_DOCUMENT, CK_LINE_POSITION, CK_LINE_START, CK_LINE_END, CK_LINE_NUMBERS };
enum { CK_LINE_ID, CK_LINE_BEFORE, CK_LINE_NODE, CK_LINE_AFTER, CK_LINE_TEXTS };

typedef struct {
  uint32_t *numbers[CK_LINE_NUMBERS];
  ck_strings texts[CK_LINE_TEXTS];
} ck_line_columns;

/* Where a hit is: its tokens, and its document with its bounds. Those of the hit before it are given. */
typedef struct {
  int64_t first, end, low, high;
  size_t document;
} ck_line_place;

static ck_code ck_line_find(const ck_line_job *job, size_t i, ck_line_place *place, ck_error *error) {
  int64_t first = ck_once32(&job->first[i]);
  place->end = job->end ? ck_once32(&job->end[i]) : first + 1;
  place->first = first;
  if (first < place->low || first >= place->high) {
    size_t d = ck_first_above(job->document_ends, 0, job->n_documents, (uint64_t)first);
    place->document = d;
    place->low = d ? (int64_t)ck_once64(&job->document_ends[d - 1]) : 0;
    place->high = d < job->n_documents ? (int64_t)ck_once64(&job->document_ends[d]) : 0;
  }
  if (CK_LIKELY(place->low >= 0 && first >= place->low && first < place->end && place->end <= place->high &&
                place->high <= job->tokens->n_tokens))
    return CK_OK;
  return ck_fail(error, CK_CORRUPT, "hits must be spans within one of %zu documents, got %lld to %lld for hit %zu",
                 job->n_documents, (long long)first, (long long)place->end, i);
}

static ck_code ck_line_add(const ck_line_job *job, size_t i, const ck_line_place *place, ck_line_columns *columns,
                           ck_ticker *ticker, ck_error *error) {
  const ck_token_arrays *tokens = job->tokens;
  int64_t first = place->first, end = place->end, last = end - 1;
  int64_t begin = ck_context_before(tokens, first, place->low, job->before);
  int64_t stop = ck_context_after(tokens, end, place->high, job->after);
  ck_text text;
  ck_touch(&job->of_starts, (size_t)first);
  ck_touch(&job->of_starts, (size_t)last);
  CK_TRY(ck_text_of_token(tokens, last, job->surfaces, &text, error));
  columns->numbers[CK_LINE_DOCUMENT][i] = (uint32_t)place->document;
  columns->numbers[CK_LINE_POSITION][i] = (uint32_t)(first - place->low);
  columns->numbers[CK_LINE_START][i] = ck_once32(&job->starts[first]);
  columns->numbers[CK_LINE_END][i] = ck_once32(&job->starts[last]) + (uint32_t)ck_utf8_count(text.bytes, text.length);
  CK_TRY(ck_texts_push(job->ids, place->document, &columns->texts[CK_LINE_ID], error));
  CK_TRY(ck_join_tokens(tokens, begin, first, job->surfaces, &columns->texts[CK_LINE_BEFORE], error));
  CK_TRY(ck_join_tokens(tokens, first, end, job->surfaces, &columns->texts[CK_LINE_NODE], error));
  CK_TRY(ck_join_tokens(tokens, end, stop, job->surfaces, &columns->texts[CK_LINE_AFTER], error));
  return ck_tick(ticker, stop - begin, error);
}

/* Moves the columns into a table, in the order in which they are shown, and frees them on failure. */
static ck_code ck_line_table(ck_line_columns *columns, size_t n_hits, ck_column *table, ck_error *error) {
  static const char *const names[] = {"document", "id", "position", "before", "node", "after", "start", "end"};
  enum { COUNT = CK_LINE_NUMBERS + CK_LINE_TEXTS };
  static const uint8_t is_text[COUNT] = {0, 1, 0, 1, 1, 1, 0, 0};
  ck_column parts[COUNT];
  ck_code code = CK_OK;
  size_t number = 0, text = 0, made = 0;
  for (; made < COUNT && !code; made++) {
    if (is_text[made]) {
      code = ck_strings_finish(&columns->texts[text++], &parts[made], error);
    } else {
      uint32_t *values = columns->numbers[number];
      columns->numbers[number++] = NULL;
      code = ck_column_of_numbers(&parts[made], CK_FORMAT_U32, values, n_hits, error);
    }
  }
  if (!code) return ck_column_of_parts(table, parts, names, COUNT, n_hits, error);
  for (size_t i = 0; i + 1 < made; i++) ck_column_release(&parts[i]);
  return code;
}

ck_code ck_lines(const ck_line_job *job, ck_column *table, ck_ticker *ticker, ck_error *error) {
  ck_line_columns columns;
  ck_line_place place = {0, 0, 0, 0, 0};
  ck_code code = CK_OK;
  memset(&columns, 0, sizeof columns);
  for (int k = 0; k < CK_LINE_TEXTS; k++) ck_strings_init(&columns.texts[k], 0);
  for (int k = 0; k < CK_LINE_NUMBERS && !code; k++) {
    columns.numbers[k] = (uint32_t *)ck_allocate(job->n_hits, sizeof(uint32_t), error);
    if (!columns.numbers[k]) code = error->code;
  }
  for (size_t i = 0; i < job->n_hits && !code; i++) {
    code = ck_line_find(job, i, &place, error);
    if (!code) code = ck_line_add(job, i, &place, &columns, ticker, error);
  }
  if (!code) code = ck_line_table(&columns, job->n_hits, table, error);
  for (int k = 0; k < CK_LINE_NUMBERS; k++) free(columns.numbers[k]);
  for (int k = 0; k < CK_LINE_TEXTS; k++) ck_strings_free(&columns.texts[k]);
  return code;
}

/* Prefetches texts that come soon: first where they are, then their bytes. */
static inline void ck_texts_ahead(const ck_texts *texts, const uint32_t *rows, size_t n_rows, size_t i) {
  enum { OFFSETS = 16, BYTES = 8 };
  if (i + OFFSETS >= n_rows) return;
  if (rows[i + OFFSETS] < texts->length) CK_PREFETCH(texts->offsets + rows[i + OFFSETS]);
  if (rows[i + BYTES] < texts->length && texts->offsets[rows[i + BYTES]] < texts->n_bytes)
    CK_PREFETCH(texts->bytes + texts->offsets[rows[i + BYTES]]);
}

ck_code ck_texts_gather(const ck_texts *texts, const uint32_t *rows, size_t n_rows, ck_strings *out, ck_ticker *ticker,
                        ck_error *error) {
  ck_code code = CK_OK;
  for (size_t i = 0; !code && i < n_rows; i++) {
    uint32_t row = ck_once32(&rows[i]);
    ck_texts_ahead(texts, rows, n_rows, i);
    if (row == UINT32_MAX)
      code = ck_strings_push_null(out, error);
    else if (row >= texts->length)
      code = ck_fail(error, CK_CORRUPT, "rows must be below %zu, got %u", texts->length, row);
    else
      code = ck_texts_push(texts, row, out, error);
    if (!code) code = ck_tick(ticker, 1, error);
  }
  if (code) ck_strings_free(out);
  return code;
}
