/* Texts of a mapped file, the text of spans of tokens, equal spans, the ranks of neighbouring words and lines, compared
 * with obvious loops; damaged files. */
#include "check.h"
#include "concordance.c"
#include "sequences.h"

enum { MOST_TEXTS = 12, LONGEST_TEXT = 30, MOST_TOKENS = 40 };

/* Each array has its own buffer, which ends where the array ends. */
typedef struct {
  exact bytes, offsets, types, flags, counted;
  ck_texts texts;
  ck_token_arrays tokens;
} sample;

static void *allocate(exact *made, size_t count, size_t size) {
  *made = exact_new(count * size, 0);
  return made->bytes;
}

static void make_sample(sample *made, random_source *random) {
  uint8_t bytes[MOST_TEXTS * LONGEST_TEXT];
  memset(made, 0, sizeof *made);
  size_t n_texts = 1 + random_below(random, MOST_TEXTS), n_tokens = random_below(random, MOST_TOKENS), size = 0;
  bool empty = !random_below(random, 20);
  uint64_t *offsets = (uint64_t *)allocate(&made->offsets, n_texts + 1, sizeof *offsets);
  for (size_t i = 0; i < n_texts; i++) {
    size_t length = empty || !random_below(random, 6) ? 0 : random_below(random, LONGEST_TEXT);
    offsets[i] = size;
    random_text(random, (text_kind)random_below(random, TEXT_KINDS), bytes + size, length);
    size += length;
  }
  offsets[n_texts] = size;
  memcpy(allocate(&made->bytes, size, 1), bytes, size);
  uint32_t *types = (uint32_t *)allocate(&made->types, n_tokens, sizeof *types);
  uint8_t *flags = (uint8_t *)allocate(&made->flags, n_tokens, 1);
  uint8_t *counted = (uint8_t *)allocate(&made->counted, n_texts, 1);
  for (size_t i = 0; i < n_tokens; i++) {
    types[i] = random_below(random, (unsigned)n_texts);
    flags[i] = (uint8_t)random_bits(random);
  }
  memset(counted, 1, n_texts);
  made->texts = (ck_texts){size ? made->bytes.bytes : NULL, offsets, size, n_texts, {0}, {0}};
  made->tokens = (ck_token_arrays){types, flags, (int64_t)n_tokens, counted, (int64_t)n_texts, {0}, {0}};
}

static void free_sample(sample *made) {
  exact *rooms[] = {&made->bytes, &made->offsets, &made->types, &made->flags, &made->counted};
  for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) exact_free(rooms[i]);
}

/* ----------------------------------------------------------------------- comparing */

typedef struct {
  uint8_t bytes[MOST_TOKENS * (LONGEST_TEXT + 1)];
  size_t length;
} value;

static void append(value *value, const sample *sample, size_t text) {
  for (uint64_t i = sample->texts.offsets[text]; i < sample->texts.offsets[text + 1]; i++)
    value->bytes[value->length++] = sample->bytes.bytes[i];
}

static value joined(const sample *sample, int64_t first, int64_t end) {
  value value = {.length = 0};
  for (int64_t i = first; i < end; i++) {
    if (i != first && !(sample->tokens.flags[i] & 4)) value.bytes[value.length++] = ' ';
    append(&value, sample, sample->tokens.types[i]);
  }
  return value;
}

/* Checks the last value of a column. */
static void check_last(const ck_strings *strings, const value *expected, digest *digest) {
  const uint8_t *view = strings->views.data + strings->views.length - CK_VIEW_SIZE;
  uint32_t length, block, offset;
  memcpy(&length, view, 4);
  CHECK(length == expected->length);
  digest_number(digest, length);
  if (length <= CK_VIEW_INLINE) {
    CHECK(!memcmp(view + 4, expected->bytes, length));
  } else {
    memcpy(&block, view + 8, 4);
    memcpy(&offset, view + 12, 4);
    CHECK(block < strings->n_blocks && offset + (size_t)length <= strings->blocks[block].length);
    CHECK(!memcmp(strings->blocks[block].data + offset, expected->bytes, length));
  }
  digest_bytes(digest, expected->bytes, length);
}

static void compare(const sample *sample, random_source *random, digest *digest) {
  ck_error error;
  ck_strings out;
  ck_strings_init(&out, 1 + random_below(random, 200)); /* small blocks, so that there are several */
  int64_t rows = 0;
  for (size_t i = 0; i < sample->texts.length; i++) {
    ck_text text;
    value expected = {.length = 0};
    append(&expected, sample, i);
    CHECK(!ck_texts_get(&sample->texts, i, &text, &error));
    CHECK(text.bytes && text.length == expected.length);
    CHECK(!memcmp(text.bytes, expected.bytes, expected.length));
    CHECK(!ck_texts_push(&sample->texts, i, &out, &error));
    CHECK(out.length == ++rows);
    check_last(&out, &expected, digest);
  }
  for (int span = 0; span < 10; span++) {
    int64_t first = random_below(random, (unsigned)sample->tokens.n_tokens + 1);
    int64_t end = first + random_below(random, (unsigned)(sample->tokens.n_tokens - first) + 1);
    value expected = joined(sample, first, end);
    CHECK(!ck_join_tokens(&sample->tokens, first, end, &sample->texts, &out, &error));
    CHECK(out.length == ++rows);
    check_last(&out, &expected, digest);
  }
  ck_strings_free(&out);
}

/* ------------------------------------------------------------------ invalid input */

/* Pushing and joining the text must fail with `code` and leave the column empty and usable; getting it must fail only
 * if its offsets are corrupt, since it does not validate UTF-8. */
static void check_rejected(const sample *sample, uint32_t text, ck_code code) {
  ck_error error;
  ck_text got;
  ck_strings out;
  ck_strings_init(&out, 0);
  uint8_t glued[3] = {4, 4, 4};
  uint32_t tokens[3] = {text, text, text};
  ck_token_arrays arrays = {tokens, glued, 3, sample->counted.bytes, (int64_t)sample->texts.length, {0}, {0}};
  CHECK(ck_texts_get(&sample->texts, text, &got, &error) == (code == CK_CORRUPT ? CK_CORRUPT : CK_OK));
  if (code == CK_CORRUPT) CHECK(!got.bytes && !got.length);
  CHECK(ck_texts_push(&sample->texts, text, &out, &error) == code && error.code == code && error.message[0]);
  CHECK(ck_join_tokens(&arrays, 0, 3, &sample->texts, &out, &error) == code && error.code == code);
  CHECK(out.length == 0 && out.views.length == 0);
  CHECK(!ck_join_tokens(&arrays, 1, 1, &sample->texts, &out, &error) && out.length == 1);
  ck_strings_free(&out);
}

static void invalid_offsets(sample *sample, random_source *random) {
  uint64_t *offsets = (uint64_t *)sample->offsets.bytes, size = sample->texts.n_bytes;
  uint32_t text = random_below(random, (unsigned)sample->texts.length);
  uint64_t begin = offsets[text], end = offsets[text + 1];
  const uint64_t wrong[][2] = {{1, 0},           {size, size + 1}, {size + 1, size},        {size + 1, size + 1},
                               {0, size + 1},    {0, UINT64_MAX},  {UINT64_MAX, 0},         {UINT64_MAX, UINT64_MAX},
                               {0, 1ull << 32},  {1ull << 63, 0},  {0, (1ull << 32) + size}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    offsets[text] = wrong[i][0];
    offsets[text + 1] = wrong[i][1];
    check_rejected(sample, text, CK_CORRUPT);
  }
  /* a text of more than INT32_MAX bytes in a file of sufficient size; its bytes are never read */
  size_t kept = sample->texts.n_bytes;
  sample->texts.n_bytes = UINT32_MAX;
  offsets[text] = 0;
  offsets[text + 1] = (uint64_t)INT32_MAX + 1;
  check_rejected(sample, text, CK_CORRUPT);
  sample->texts.n_bytes = kept;
  offsets[text] = begin;
  offsets[text + 1] = end;
}

static void invalid_bytes(sample *sample, random_source *random) {
  if (!sample->texts.n_bytes) return;
  size_t place = random_below(random, (unsigned)sample->texts.n_bytes);
  uint8_t kept = sample->bytes.bytes[place];
  uint32_t text = 0;
  while (sample->texts.offsets[text + 1] <= place) text++;
  sample->bytes.bytes[place] = (uint8_t)(0xF8 + random_below(random, 8));
  check_rejected(sample, text, CK_UTF8);
  sample->bytes.bytes[place] = kept;
}

static void invalid_types(sample *sample, random_source *random) {
  if (!sample->tokens.n_tokens) return;
  ck_error error;
  ck_strings out;
  ck_strings_init(&out, 0);
  uint32_t *types = (uint32_t *)sample->types.bytes;
  size_t bad = random_below(random, (unsigned)sample->tokens.n_tokens);
  uint32_t kept = types[bad], wrong[] = {(uint32_t)sample->texts.length, UINT32_MAX};
  for (size_t i = 0; i < 2; i++) {
    types[bad] = wrong[i];
    CHECK(ck_join_tokens(&sample->tokens, 0, sample->tokens.n_tokens, &sample->texts, &out, &error) == CK_CORRUPT);
    CHECK(error.code == CK_CORRUPT && !out.length);
  }
  types[bad] = kept;
  ck_strings_free(&out);
}

/* A damaged file may split a letter between two texts: joined without a space they are valid UTF-8, otherwise not. */
static void split_letters(void) {
  const uint8_t bytes[] = {0xD8, 0xA7};
  const uint64_t offsets[] = {0, 1, 2};
  const ck_texts texts = {bytes, offsets, 2, 2, {0}, {0}};
  const uint32_t types[] = {0, 1};
  const uint8_t counted[] = {1, 1};
  ck_error error;
  ck_strings out;
  ck_strings_init(&out, 0);
  CHECK(ck_texts_push(&texts, 0, &out, &error) == CK_UTF8 && ck_texts_push(&texts, 1, &out, &error) == CK_UTF8);
  for (uint8_t glued = 0; glued <= 4; glued += 4) {
    const uint8_t flags[] = {0, glued};
    const ck_token_arrays tokens = {types, flags, 2, counted, 2, {0}, {0}};
    CHECK(ck_join_tokens(&tokens, 0, 2, &texts, &out, &error) == (glued ? CK_OK : CK_UTF8));
  }
  CHECK(out.length == 1);
  ck_strings_free(&out);
}

/* A span whose text is too long for a column is rejected before its bytes are read, even if the sum of its lengths
 * exceeds 32 bits. */
static void spans_too_long(void) {
  enum { TOKENS = 9, GIBIBYTE = 1 << 30 };
  const uint8_t byte = 'a', counted = 1, flags[TOKENS] = {0};
  const uint64_t offsets[] = {0, GIBIBYTE};
  const uint32_t types[TOKENS] = {0};
  const ck_texts texts = {&byte, offsets, GIBIBYTE, 1, {0}, {0}};
  const ck_token_arrays tokens = {types, flags, TOKENS, &counted, 1, {0}, {0}};
  ck_error error;
  ck_strings out;
  ck_strings_init(&out, 0);
  for (int64_t end = 2; end <= TOKENS; end++)
    CHECK(ck_join_tokens(&tokens, 0, end, &texts, &out, &error) == CK_LIMIT && error.code == CK_LIMIT);
  CHECK(!out.length && !out.n_blocks);
  ck_strings_free(&out);
}

/* ---------------------------------------------------------------- equal sequences */

static bool are_equal(const ck_token_arrays *tokens, const ck_spans *spans, size_t one, size_t other) {
  int64_t length = spans->last[one] - spans->first[one];
  if (spans->last[other] - spans->first[other] != length) return false;
  for (int64_t i = 0; i < length; i++) {
    int64_t a = spans->first[one] + i, b = spans->first[other] + i;
    if (tokens->types[a] != tokens->types[b] || (i && (tokens->flags[a] ^ tokens->flags[b]) & CK_FLAG_GLUED))
      return false;
  }
  return true;
}

/* Spans in any order, some of them empty; then one that is not within the tokens. */
static void compare_sequences(const sample *sample, random_source *random, digest *digest) {
  enum { SPANS = 40 };
  int64_t first[SPANS], last[SPANS], n_tokens = sample->tokens.n_tokens;
  uint32_t numbers[SPANS];
  ck_spans spans = {first, last, random_below(random, SPANS)};
  ck_u32s rows = {0};
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  size_t distinct = 0;
  for (size_t i = 0; i < spans.length; i++) {
    first[i] = random_below(random, (unsigned)n_tokens + 1);
    last[i] = first[i] + random_below(random, 4);
    if (last[i] > n_tokens) last[i] = n_tokens;
  }
  CHECK(!ck_number_spans(&sample->tokens, &spans, random_bits(random), numbers, &rows, &ticker, &error));
  for (size_t i = 0; i < spans.length; i++) {
    size_t known = 0;
    while (!are_equal(&sample->tokens, &spans, i, known)) known++;
    CHECK(numbers[i] == (known < i ? numbers[known] : distinct));
    if (known == i) CHECK(distinct < rows.length && rows.data[distinct++] == i);
  }
  CHECK(rows.length == distinct);
  digest_u32s(digest, numbers, spans.length);
  ck_u32s_free(&rows);
  if (!spans.length) return;
  const int64_t wrong[][2] = {{-1, 0}, {0, n_tokens + 1}, {n_tokens, n_tokens - 1}, {INT64_MIN, INT64_MAX}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    first[spans.length - 1] = wrong[i][0];
    last[spans.length - 1] = wrong[i][1];
    CHECK(ck_number_spans(&sample->tokens, &spans, 0, numbers, &rows, &ticker, &error) == CK_CORRUPT);
    ck_u32s_free(&rows);
  }
}

/* ---------------------------------------------------------------- ranks of neighbours */

enum { MOST_DOCUMENTS = 30, NODES = 20 };

/* Documents of different lengths, some empty, that hold all tokens. */
static size_t make_documents(uint64_t *ends, size_t n_tokens, random_source *random) {
  size_t n = 0, end = 0;
  while (n < MOST_DOCUMENTS - 1 && end < n_tokens) {
    end += random_below(random, 4) ? random_below(random, 3) : random_below(random, (unsigned)(n_tokens - end) + 1);
    ends[n++] = end = end < n_tokens ? end : n_tokens;
  }
  ends[n++] = n_tokens;
  return n;
}

static uint32_t neighbour(const ck_neighbours *job, uint32_t node) {
  size_t document = 0;
  while (job->document_ends[document] <= node) document++;
  int64_t low = document ? (int64_t)job->document_ends[document - 1] : 0, words = 0;
  int64_t high = (int64_t)job->document_ends[document], step = job->before ? -1 : 1;
  if (!job->k) return job->ranks[job->tokens->types[node]];
  for (int64_t i = node + step, seen = 0; i >= low && i < high && seen < CK_REACH * job->k; i += step, seen++)
    if (job->ranks[job->tokens->types[i]] != UINT32_MAX && ++words == job->k) return job->ranks[job->tokens->types[i]];
  return UINT32_MAX;
}

static void compare_neighbours(const sample *sample, random_source *random, digest *digest) {
  size_t n_tokens = (size_t)sample->tokens.n_tokens;
  if (!n_tokens) return;
  uint64_t ends[MOST_DOCUMENTS];
  uint32_t ranks[MOST_TEXTS], nodes[NODES], out[NODES];
  for (size_t i = 0; i < sample->texts.length; i++) {
    ranks[i] = random_below(random, 3) ? random_below(random, 5) : UINT32_MAX; /* of what is no word */
  }
  ck_neighbours job = {&sample->tokens, ends, make_documents(ends, n_tokens, random), ranks, nodes, 0, 0, 0, 0, 1, out};
  for (size_t token = 0; token < n_tokens && job.n_nodes < NODES; token += random_below(random, 9))
    nodes[job.n_nodes++] = (uint32_t)token;
  job.k = random_below(random, 4);
  job.before = !random_below(random, 2);
  job.threads = random_below(random, 8) ? 1 : 1 + random_below(random, 3);
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  CHECK(!ck_neighbour_ranks(&job, &ticker, &error));
  for (size_t i = 0; i < job.n_nodes; i++) {
    CHECK(out[i] == neighbour(&job, nodes[i]));
    digest_number(digest, out[i]);
  }
}

/* Nodes and documents must ascend within the tokens, and types have ranks, also in damaged files. */
static void invalid_neighbours(void) {
  const uint8_t counted = 1, flags[4] = {0};
  const uint32_t types[4] = {0, 1, 0, UINT32_MAX}, rank = 7; /* types 1 and UINT32_MAX do not exist */
  const ck_token_arrays tokens = {types, flags, 4, &counted, 1, {0}, {0}};
  const struct {
    uint64_t ends[2];
    uint32_t nodes[2];
  } wrong[] = {{{2, 4}, {2, 1}}, {{2, 4}, {0, 4}}, {{4, 2}, {0, 5}}, {{2, 5}, {0, 3}},
               {{0, 0}, {0, 1}}, {{2, 3}, {2, 3}}, {{1, UINT64_MAX}, {0, 1}}};
  uint32_t out[2];
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    for (unsigned threads = 1; threads <= 2; threads++) {
      ck_neighbours job = {&tokens, wrong[i].ends, 2, &rank, wrong[i].nodes, 2, 1, true, threads, 1, out};
      CHECK(ck_neighbour_ranks(&job, &ticker, &error) == CK_CORRUPT);
    }
  const uint64_t end = 4;
  const uint32_t nodes[2] = {2, 3};
  for (int64_t k = 0; k < 3; k++) {
    ck_neighbours job = {&tokens, &end, 1, &rank, nodes, 2, k, true, 1, 0, out};
    CHECK(!ck_neighbour_ranks(&job, &ticker, &error));
    CHECK(out[0] == (k < 2 ? 7 : UINT32_MAX) && out[1] == (k ? 7 : UINT32_MAX));
  }
}

/* --------------------------------------------------------------------------- lines */

static uint32_t number_at(const ck_column *table, size_t column, size_t row) {
  return ((const uint32_t *)table->array.children[column]->buffers[1])[row];
}

/* Whether a row of a column of strings is the text of some tokens. */
static bool is_text_of(const ck_column *table, size_t column, size_t row, const ck_token_arrays *tokens, int64_t first,
                       int64_t end, const ck_texts *texts) {
  const struct ArrowArray *array = table->array.children[column];
  const uint8_t *view = (const uint8_t *)array->buffers[1] + row * CK_VIEW_SIZE, *bytes = view + 4;
  uint32_t length, block, offset;
  ck_error error;
  ck_strings out;
  ck_strings_init(&out, 0);
  memcpy(&length, view, 4);
  memcpy(&block, view + 8, 4);
  memcpy(&offset, view + 12, 4);
  if (length > CK_VIEW_INLINE) bytes = (const uint8_t *)array->buffers[2 + block] + offset;
  CHECK(!ck_join_tokens(tokens, first, end, texts, &out, &error));
  const uint8_t *expected = out.views.data;
  uint32_t expected_length;
  memcpy(&expected_length, expected, 4);
  bool equal = length == expected_length;
  if (equal && length)
    equal = !memcmp(bytes, length > CK_VIEW_INLINE ? out.blocks[0].data : expected + 4, length);
  ck_strings_free(&out);
  return equal;
}

static void check_line(const ck_line_job *job, const ck_column *table, size_t row, digest *digest) {
  const ck_token_arrays *tokens = job->tokens;
  size_t d = 0;
  int64_t first = job->first[row], end = job->end ? job->end[row] : first + 1;
  while ((int64_t)job->document_ends[d] <= first) d++;
  int64_t low = d ? (int64_t)job->document_ends[d - 1] : 0, high = (int64_t)job->document_ends[d];
  int64_t begin = ck_context_before(tokens, first, low, job->before);
  int64_t stop = ck_context_after(tokens, end, high, job->after);
  const uint32_t document = (uint32_t)d, type = tokens->types[end - 1];
  const ck_token_arrays names = {&document, tokens->flags, 1, tokens->counted, (int64_t)job->ids->length, {0}, {0}};
  size_t bytes = (size_t)(job->surfaces->offsets[type + 1] - job->surfaces->offsets[type]);
  const uint8_t *text = job->surfaces->bytes ? job->surfaces->bytes + job->surfaces->offsets[type] : NULL;
  CHECK(begin >= low && begin <= first && stop >= end && stop <= high);
  CHECK(number_at(table, 0, row) == document && number_at(table, 2, row) == first - low);
  CHECK(number_at(table, 6, row) == job->starts[first]);
  CHECK(number_at(table, 7, row) == job->starts[end - 1] + (bytes ? ck_utf8_count(text, bytes) : 0));
  CHECK(is_text_of(table, 1, row, &names, 0, 1, job->ids));
  CHECK(is_text_of(table, 3, row, tokens, begin, first, job->surfaces));
  CHECK(is_text_of(table, 4, row, tokens, first, end, job->surfaces));
  CHECK(is_text_of(table, 5, row, tokens, end, stop, job->surfaces));
  digest_number(digest, (uint64_t)begin);
  digest_number(digest, (uint64_t)stop);
}

/* Hits in any order; then one that leaves its document, or is none. */
static void compare_lines(const sample *sample, random_source *random, digest *digest) {
  enum { HITS = 12 };
  size_t n_tokens = (size_t)sample->tokens.n_tokens;
  if (!n_tokens) return;
  uint64_t ends[MOST_DOCUMENTS], offsets[MOST_DOCUMENTS + 1];
  uint32_t starts[MOST_TOKENS], first[HITS], end[HITS];
  const uint8_t name[MOST_DOCUMENTS + 1] = "abcdefghijklmnopqrstuvwxyz0123";
  size_t n_documents = make_documents(ends, n_tokens, random);
  for (size_t d = 0; d <= n_documents; d++) offsets[d] = d;
  for (size_t i = 0; i < n_tokens; i++) starts[i] = random_below(random, 1000);
  const ck_texts ids = {name, offsets, n_documents, n_documents, {0}, {0}};
  ck_line_job job = {&sample->tokens, ends, n_documents, starts, {0}, &sample->texts, &ids, first, end, 0, 0, 0};
  job.n_hits = random_below(random, HITS + 1);
  job.before = random_below(random, 4);
  job.after = random_below(random, 4);
  if (!random_below(random, 3)) job.end = NULL;
  for (size_t i = 0; i < job.n_hits; i++) {
    size_t d = 0;
    first[i] = random_below(random, (unsigned)n_tokens);
    while (ends[d] <= first[i]) d++;
    end[i] = first[i] + 1 + random_below(random, (unsigned)(ends[d] - first[i]));
  }
  ck_column table;
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  CHECK(!ck_lines(&job, &table, &ticker, &error));
  CHECK(table.array.length == (int64_t)job.n_hits && table.array.n_children == 8);
  for (size_t i = 0; i < job.n_hits; i++) check_line(&job, &table, i, digest);
  ck_column_release(&table);
  if (!job.n_hits) return;
  job.end = end;
  const uint32_t wrong[][2] = {{first[0], first[0]}, {(uint32_t)n_tokens, (uint32_t)n_tokens + 1}, {UINT32_MAX, 0},
                               {0, (uint32_t)n_tokens + 1}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    first[job.n_hits - 1] = wrong[i][0];
    end[job.n_hits - 1] = wrong[i][1];
    CHECK(ck_lines(&job, &table, &ticker, &error) == CK_CORRUPT);
  }
}

static void count_in_documents(const sample *sample, random_source *random, digest *digest) {
  size_t n_tokens = (size_t)sample->tokens.n_tokens, n_places = 0;
  if (!n_tokens) return;
  uint64_t ends[MOST_DOCUMENTS];
  int64_t counts[MOST_DOCUMENTS] = {0};
  uint32_t places[MOST_TOKENS];
  size_t n_documents = make_documents(ends, n_tokens, random);
  for (uint32_t i = 0; i < n_tokens; i++)
    if (random_below(random, 3)) places[n_places++] = i;
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  CHECK(!ck_count_in_documents(places, n_places, ends, n_documents, counts, &ticker, &error));
  for (size_t d = 0; d < n_documents; d++) {
    int64_t expected = 0;
    for (size_t i = 0; i < n_places; i++) expected += places[i] < ends[d] && (!d || places[i] >= ends[d - 1]);
    CHECK(counts[d] == expected);
    digest_number(digest, (uint64_t)counts[d]);
  }
  const uint32_t beyond = (uint32_t)n_tokens;
  CHECK(ck_count_in_documents(&beyond, 1, ends, n_documents, counts, &ticker, &error) == CK_CORRUPT);
}

int main(void) {
  random_source random = {0x2545F4914F6CDD1Du};
  digest digest = {0};
  for (unsigned round = 0; round < 3000; round += stride()) {
    sample made;
    make_sample(&made, &random);
    compare(&made, &random, &digest);
    invalid_offsets(&made, &random);
    invalid_bytes(&made, &random);
    invalid_types(&made, &random);
    compare(&made, &random, &digest);
    compare_neighbours(&made, &random, &digest);
    compare_sequences(&made, &random, &digest);
    compare_lines(&made, &random, &digest);
    count_in_documents(&made, &random, &digest);
    free_sample(&made);
  }
  split_letters();
  spans_too_long();
  invalid_neighbours();
  digest_print("concordance", &digest);
  return 0;
}
