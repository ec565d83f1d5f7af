/* Every kernel except the normaliser when memory runs out. */
#include "failing.h"
#include "collocates.h"
#include "concordance.c"
#include "form_counts.h"
#include "forms.h"
#include "group_counts.h"
#include "ngram_columns.h"
#include "ngram_hash.h"
#include "ngram_rows.h"
#include "ngrams.h"
#include "postings.h"
#include "search.h"
#include "search_labels.h"
#include "selection.h"
#include "sequences.h"
#include "text_search.h"
#include "tokenize_column.h"

/* ----------------------------------------------------------------------------- samples */

enum { TEXTS = 60, LONGEST = 400, TOKENS = 9000, DOCUMENTS = 90, TYPES = 3000, GROUPS = 3, THREADS = 3 };

static struct {
  uint8_t bytes[TEXTS * LONGEST];
  size_t size;
  ck_text texts[TEXTS];
  uint32_t tokens[TOKENS], counts[DOCUMENTS], groups[DOCUMENTS], forms[TYPES];
  uint8_t barriers[TOKENS];
  uint64_t ends[DOCUMENTS];
} sample;

static void make_sample(void) {
  random_source random = {0xC2B2AE3D27D4EB4Fu};
  for (size_t i = 0; i < TEXTS; i++) {
    size_t length = i % 7 ? random_below(&random, LONGEST) : 0;
    sample.texts[i].bytes = sample.bytes + sample.size;
    sample.texts[i].length = (uint32_t)length;
    random_text(&random, (text_kind)(i % TEXT_KINDS), sample.bytes + sample.size, length);
    sample.size += length;
  }
  for (size_t i = 0; i < TOKENS; i++) {
    sample.tokens[i] = random_below(&random, random_below(&random, 2) ? 40 : TYPES);
    sample.barriers[i] = i % (TOKENS / DOCUMENTS) == 0 || !random_below(&random, 30);
  }
  for (size_t d = 0; d < DOCUMENTS; d++) {
    sample.counts[d] = TOKENS / DOCUMENTS;
    sample.ends[d] = (d + 1) * (TOKENS / DOCUMENTS);
    sample.groups[d] = (uint32_t)(d % GROUPS);
  }
  for (uint32_t t = 0; t < TYPES; t++) sample.forms[t] = t % 11 ? t : CK_NO_FORM;
}

static void sample_column(test_column *column) {
  failing_pause();
  test_column_new(column, true, sample.texts, TEXTS, sample.bytes, sample.size);
  failing_resume();
}

/* --------------------------------------------------------------------------- scenarios */

static ck_code tokenize_in(ck_token_mode mode, unsigned threads, digest *digest, ck_error *error) {
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_types types;
  ck_tokens tokens = {0};
  uint32_t counts[TEXTS];
  test_column column;
  sample_column(&column);
  ck_types_init(&types, CK_TYPES_LIMIT, ck_seeds_of(1));
  ck_code code =
      ck_tokenize_column(&column.column, mode, CK_SCALAR, threads, 3000, &types, &tokens, counts, &ticker, error);
  if (!code) digest_u32s(digest, tokens.ids, tokens.length);
  if (code) CHECK(ck_types_count(&types) == 0);
  ck_tokens_free(&tokens);
  ck_types_free(&types);
  test_column_free(&column);
  return code;
}

static ck_code standard(digest *digest, ck_error *error) {
  return tokenize_in(CK_STANDARD, 1, digest, error);
}

static ck_code standard_with_threads(digest *digest, ck_error *error) {
  return tokenize_in(CK_STANDARD, THREADS, digest, error);
}

static ck_code whitespace_with_threads(digest *digest, ck_error *error) {
  return tokenize_in(CK_WHITESPACE, THREADS, digest, error);
}

static ck_code characters(digest *digest, ck_error *error) {
  return tokenize_in(CK_CHARACTER, 1, digest, error);
}

static ck_code vocabulary(digest *digest, ck_error *error) {
  ck_text *texts = NULL;
  test_column column;
  sample_column(&column);
  ck_code code = ck_text_column_read(&column.column, true, &texts, error);
  for (size_t i = 0; !code && i < TEXTS; i++) digest_bytes(digest, texts[i].bytes, texts[i].length);
  free(texts);
  test_column_free(&column);
  return code;
}

static ck_code count(ck_ngram_job job, unsigned width, digest *digest, ck_error *error) {
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_rows rows;
  ck_ngram_table table;
  memset(&rows, 0, sizeof rows);
  ck_code code = ck_count_ngrams(&job, &rows, &ticker, error);
  if (!code)
    code = ck_rows_table(&rows, job.tokens, width, job.document_frequency, job.groups != NULL, job.threads, job.grain,
                         &table, &ticker, error);
  size_t length = rows.length;
  ck_rows_free(&rows);
  if (code) return code;
  digest_bytes(digest, table.n, length);
  for (size_t i = 0; i < length; i++) digest_number(digest, (uint64_t)table.count[i] << 32 | (uint64_t)length);
  for (size_t i = 0; i < length && width; i++) digest_number(digest, table.ids[width - 1][i]);
  ck_ngram_table_free(&table);
  return CK_OK;
}

static ck_ngram_job job_of(unsigned low, unsigned high, unsigned threads) {
  ck_ngram_job job = {.tokens = sample.tokens,
                      .barriers = sample.barriers,
                      .barrier_bits = 1,
                      .n_tokens = TOKENS,
                      .document_ends = sample.ends,
                      .n_documents = DOCUMENTS,
                      .low = low,
                      .high = high,
                      .min_count = 1,
                      .document_frequency = true,
                      .threads = threads,
                      .grain = 1000};
  return job;
}

static ck_code ngrams(digest *digest, ck_error *error) {
  return count(job_of(1, 4, 1), 4, digest, error);
}

static ck_code pruned_ngrams_with_threads(digest *digest, ck_error *error) {
  ck_ngram_job job = job_of(1, 3, THREADS);
  job.min_count = 2;
  return count(job, 0, digest, error);
}

static ck_code grouped_ngrams_with_threads(digest *digest, ck_error *error) {
  ck_ngram_job job = job_of(1, 2, THREADS);
  job.groups = sample.groups;
  job.n_groups = GROUPS;
  return count(job, 2, digest, error);
}

static ck_code skip_grams(digest *digest, ck_error *error) {
  ck_ngram_job job = job_of(2, 3, 1);
  job.skip = 2;
  return count(job, 0, digest, error);
}

static ck_code selecting(digest *digest, ck_error *error) {
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_selection out;
  ck_selection_job job = {sample.tokens, sample.barriers, TOKENS, sample.counts, NULL,    DOCUMENTS,
                          sample.forms,  TYPES,           1,      true,          THREADS, 1000, 2, 2};
  ck_code code = ck_select(&job, &out, &ticker, error);
  if (code) return code;
  digest_u32s(digest, out.ids, out.length);
  ck_selection_free(&out);
  return CK_OK;
}

static ck_code types_by_group(digest *digest, ck_error *error) {
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_group_counts rows;
  memset(&rows, 0, sizeof rows);
  ck_code code = ck_count_types_by_group(sample.tokens, sample.ends, DOCUMENTS, TOKENS, NULL, sample.groups, GROUPS, TYPES,
                                         &rows, &ticker, error);
  if (!code) digest_u32s(digest, rows.types.data, rows.types.length);
  ck_group_counts_free(&rows);
  return code;
}

static ck_code types_by_first(digest *digest, ck_error *error) {
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_first_counts rows;
  ck_code code = ck_count_by_first(sample.tokens, sample.ends, DOCUMENTS, TOKENS, TYPES, &rows, &ticker, error);
  if (!code) digest_u32s(digest, rows.first, rows.length);
  ck_first_counts_free(&rows);
  return code;
}

static ck_code types_by_document(digest *digest, ck_error *error) {
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_document_rows rows;
  ck_code code = ck_count_by_document(sample.tokens, sample.ends, DOCUMENTS, TOKENS, NULL, TYPES, &rows, &ticker, error);
  if (!code) digest_u32s(digest, rows.types, (size_t)rows.starts[DOCUMENTS]);
  ck_document_rows_free(&rows);
  return code;
}

static ck_code count_windows(unsigned threads, digest *digest, ck_error *error) {
  enum { HITS = TOKENS / 9 };
  static uint32_t first[HITS], end[HITS];
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_collocates found;
  ck_windows_job job = {.types = sample.tokens,
                        .flags = sample.barriers,
                        .n_tokens = TOKENS,
                        .form_of_type = sample.forms,
                        .n_types = TYPES,
                        .n_forms = TYPES,
                        .document_ends = sample.ends,
                        .n_documents = DOCUMENTS,
                        .first = first,
                        .end = end,
                        .n_hits = HITS,
                        .before = 4,
                        .after = 4,
                        .barrier_bits = 1,
                        .threads = threads,
                        .grain = 100};
  for (int h = 0; h < HITS; h++) {
    first[h] = (uint32_t)h * 9;
    end[h] = first[h] + 1;
  }
  ck_code code = ck_count_collocates(&job, &found, &ticker, error);
  for (size_t i = 0; !code && i < found.length; i++) digest_number(digest, (uint64_t)found.counts[i] << 32 ^ found.forms[i]);
  ck_collocates_free(&found);
  return code;
}

static ck_code collocates(digest *digest, ck_error *error) {
  return count_windows(1, digest, error);
}

static ck_code collocates_with_threads(digest *digest, ck_error *error) {
  return count_windows(THREADS, digest, error);
}

/* A thread is worth eight tokens for each form, so that there are few forms. */
static ck_code count_forms(unsigned threads, digest *digest, ck_error *error) {
  enum { FORMS = 100 };
  static uint32_t of_type[TYPES];
  static double thresholds[FORMS];
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_form_counts found;
  for (uint32_t t = 0; t < TYPES; t++) of_type[t] = t % FORMS;
  ck_forms_job job = {.types = sample.tokens,
                      .n_tokens = TOKENS,
                      .document_ends = sample.ends,
                      .n_documents = DOCUMENTS,
                      .form_of_type = of_type,
                      .n_types = TYPES,
                      .n_forms = FORMS,
                      .thresholds = thresholds,
                      .threads = threads,
                      .grain = 100};
  CK_TRY(ck_count_forms(&job, &found, &ticker, error));
  for (size_t f = 0; f < FORMS; f++) digest_number(digest, (uint64_t)(found.counts[f] << 20 ^ found.sizes_above[f]));
  ck_form_counts_free(&found);
  return CK_OK;
}

static ck_code counting_forms(digest *digest, ck_error *error) {
  return count_forms(1, digest, error);
}

static ck_code counting_forms_with_threads(digest *digest, ck_error *error) {
  return count_forms(THREADS, digest, error);
}

/* Each document is a group. */
static ck_code counting_groups(digest *digest, ck_error *error) {
  static uint32_t of_type[TYPES], listed[DOCUMENTS];
  static uint64_t ends[DOCUMENTS];
  static double thresholds[TOKENS];
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_group_rows rows;
  ck_group_sums sums;
  for (uint32_t t = 0; t < TYPES; t++) of_type[t] = t;
  for (uint32_t d = 0; d < DOCUMENTS; d++) ends[d] = (listed[d] = d) + 1;
  ck_groups_job job = {.types = sample.tokens,
                       .n_tokens = TOKENS,
                       .document_ends = sample.ends,
                       .n_documents = DOCUMENTS,
                       .form_of_type = of_type,
                       .n_types = TYPES,
                       .n_forms = TYPES,
                       .listed = listed,
                       .sizes = listed,
                       .n_listed = DOCUMENTS,
                       .group_ends = ends,
                       .n_groups = DOCUMENTS};
  CK_TRY(ck_count_groups(&job, &rows, &ticker, error));
  ck_thresholds asked = {rows.ends, rows.forms.data, thresholds, thresholds, rows.forms.length};
  ck_code code = ck_sum_groups(&job, &asked, &sums, &ticker, error);
  if (!code) {
    digest_u32s(digest, rows.counts.data, rows.counts.length);
    digest_u32s(digest, sums.other_counts, rows.counts.length);
    ck_group_sums_free(&sums);
  }
  ck_group_rows_free(&rows);
  return code;
}

/* So many distinct pairs of tokens that the table grows. */
static ck_code numbering_sequences(digest *digest, ck_error *error) {
  static uint8_t counted[TYPES];
  static int64_t first[TOKENS - 1], last[TOKENS - 1];
  static uint32_t numbers[TOKENS - 1];
  const ck_token_arrays tokens = {sample.tokens, sample.barriers, TOKENS, counted, TYPES, {0}, {0}};
  const ck_spans spans = {first, last, TOKENS - 1};
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_u32s rows = {0};
  for (int64_t i = 0; i < TOKENS - 1; i++) last[i] = (first[i] = i) + 2;
  ck_code code = ck_number_spans(&tokens, &spans, 7, numbers, &rows, &ticker, error);
  if (!code) digest_u32s(digest, rows.data, rows.length);
  ck_u32s_free(&rows);
  return code;
}

static ck_code searching_texts(digest *digest, ck_error *error) {
  static uint64_t offsets[TEXTS + 1];
  const ck_texts texts = {sample.bytes, offsets, sample.size, TEXTS, {0}, {0}};
  const ck_text nothing = {sample.bytes, 0}, space = {(const uint8_t *)" ", 1};
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_u32s rows = {0};
  for (size_t i = 0; i < TEXTS; i++) offsets[i + 1] = offsets[i] + sample.texts[i].length;
  ck_code code = ck_texts_search(&texts, nothing, CK_AT_END, &rows, &ticker, error);
  if (!code) code = ck_texts_search(&texts, space, CK_ANYWHERE, &rows, &ticker, error);
  if (!code) digest_u32s(digest, rows.data, rows.length);
  ck_u32s_free(&rows);
  return code;
}

/* Each type has eight tests. Every token is an anchor and a start. */
enum { STEPS = 7 };
static const uint32_t SEARCH_X[STEPS] = {0, 2, 1, 4, 2, 6, 0}, SEARCH_Y[STEPS] = {0, 3, 0, 5, 0, 0, 0};
static const uint8_t SEARCH_KINDS[STEPS] = {CK_STEP_TEST, CK_STEP_SPLIT, CK_STEP_TEST,  CK_STEP_SPLIT,
                                            CK_STEP_TEST, CK_STEP_JUMP,  CK_STEP_ACCEPT};
static const uint8_t PLAIN_KINDS[] = {CK_STEP_TEST, CK_STEP_TEST, CK_STEP_ACCEPT};
static const uint8_t WORDS_ONLY[STEPS] = {1, 0, 1, 0, 0, 0, 0};

static ck_search_text search_text(void) {
  static uint8_t tests[TYPES];
  for (uint32_t t = 0; t < TYPES; t++) tests[t] = (uint8_t)(t % 8 | 1);
  ck_search_text text = {sample.tokens, sample.barriers, TOKENS, sample.ends, DOCUMENTS, tests, 1, TYPES, 0, {0}, {0},
                         NULL, 0, 0};
  return text;
}

static ck_code search(ck_search_program program, digest *digest, ck_error *error) {
  static uint32_t tokens[TOKENS];
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_search_text text = search_text();
  static uint32_t steps[TOKENS];
  ck_search_starts_found starts = {.tagged = true};
  ck_u32s first = {0}, end = {0};
  for (uint32_t i = 0; i < TOKENS; i++) tokens[i] = i;
  ck_search_places places = {tokens, steps, TOKENS};
  ck_search_manner manner = {.patience = 1};
  ck_labelled_hits labelled = {.first = {0}};
  ck_code code = ck_search_starts(&text, &program, &places, true, &starts, &ticker, error);
  if (!code) code = ck_search_hits(&text, &program, &places, &manner, &first, &end, &ticker, error);
  if (!code && program.marks) code = ck_search_labelled(&text, &program, &places, &manner, 0, &labelled, &ticker, error);
  if (!code) digest_u32s(digest, labelled.slots.data, labelled.slots.length);
  ck_labelled_hits_free(&labelled);
  if (!code) digest_u32s(digest, starts.tokens.data, starts.tokens.length);
  if (!code) digest_u32s(digest, starts.tags.data, starts.tags.length);
  if (!code) digest_u32s(digest, end.data, end.length);
  ck_u32s_free(&starts.tokens);
  ck_u32s_free(&starts.tags);
  ck_u32s_free(&first);
  ck_u32s_free(&end);
  return code;
}

static ck_code searching(digest *digest, ck_error *error) {
  ck_search_program program = {SEARCH_KINDS, WORDS_ONLY, SEARCH_X, SEARCH_Y, STEPS, NULL};
  return search(program, digest, error);
}

static ck_code searching_tests_only(digest *digest, ck_error *error) {
  ck_search_program program = {PLAIN_KINDS, WORDS_ONLY, SEARCH_X, SEARCH_Y, sizeof PLAIN_KINDS, NULL};
  return search(program, digest, error);
}

/* A word with a label, some words, and one with the same code before a region ends; with all that marks ask for. */
static ck_code searching_labels(digest *digest, ck_error *error) {
  static const uint8_t kinds[] = {CK_STEP_TEST,  CK_STEP_LABEL, CK_STEP_SPLIT, CK_STEP_TEST,  CK_STEP_JUMP,
                                  CK_STEP_TEST, CK_STEP_CHECK, CK_STEP_ASSERT, CK_STEP_ACCEPT};
  static const uint8_t words_only[sizeof kinds] = {1, 0, 0, 1, 0, 1, 0, 0, 0};
  static const uint32_t x[sizeof kinds] = {0, 0, 5, 0, 2, 0, 0, 0, 0}, y[sizeof kinds] = {0, 0, 3, 0, 0, 0, 0, 0, 0};
  static const uint32_t assertions[] = {CK_REGION_ENDS, 0, 0, 1};
  static const uint32_t terms[] = {CK_TERM_SAME, 0, CK_SLOT_CURRENT, 0, 0, 0, 0, 0}, check_ends[] = {1};
  static const uint32_t firsts[] = {3, 9, 20, 50}, ends[] = {40, 12, 60, 55};
  static uint8_t values[TYPES];
  for (uint32_t t = 0; t < TYPES; t++) values[t] = (uint8_t)(t % 4);
  ck_search_regions regions = {0};
  ck_search_codes codes = {values, TYPES, 1, true};
  ck_search_marks marks = {.regions = &regions, .codes = &codes, .n_assertions = 1, .n_terms = 1, .n_checks = 1,
                           .n_regions = 1, .n_codes = 1, .n_slots = 1};
  ck_search_program copy = {0};
  ck_code code = ck_search_regions_copy(&regions, firsts, ends, 4, error);
  if (!code) code = ck_search_marks_copy(&marks, assertions, terms, check_ends, error);
  if (!code) code = ck_search_program_copy(&copy, kinds, words_only, x, y, sizeof kinds, error);
  copy.marks = &marks;
  if (!code) code = ck_check_search_program(&copy, 8, error);
  if (!code) code = search(copy, digest, error);
  ck_search_program_free(&copy);
  if (marks.assertions) ck_search_marks_free(&marks);
  ck_search_regions_free(&regions);
  return code;
}

static ck_code scanning(digest *digest, ck_error *error) {
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_search_text text = search_text();
  uint8_t chosen[DOCUMENTS];
  ck_u32s found = {0}, kept = {0};
  for (size_t d = 0; d < DOCUMENTS; d++) chosen[d] = d % 5 != 0;
  ck_code code = ck_search_scan(&text, 0, &found, &ticker, error);
  if (!code)
    code = ck_in_documents(found.data, found.length, sample.ends, chosen, DOCUMENTS, &kept, &ticker, error);
  if (!code) digest_u32s(digest, kept.data, kept.length);
  ck_u32s_free(&found);
  ck_u32s_free(&kept);
  return code;
}

/* Small blocks, so that the list of blocks grows too. */
static ck_code joining(digest *digest, ck_error *error) {
  enum { SPANS = 400 };
  static uint64_t offsets[TEXTS + 1];
  static uint32_t types[TOKENS];
  static uint8_t counted[TEXTS];
  ck_strings out;
  ck_column column;
  for (size_t i = 0; i < TEXTS; i++) offsets[i + 1] = offsets[i] + sample.texts[i].length;
  for (size_t i = 0; i < TOKENS; i++) types[i] = sample.tokens[i] % TEXTS;
  const ck_texts texts = {sample.bytes, offsets, sample.size, TEXTS, {0}, {0}};
  const ck_token_arrays tokens = {types, sample.barriers, TOKENS, counted, TEXTS, {0}, {0}};
  ck_strings_init(&out, 5000);
  ck_code code = CK_OK;
  for (size_t i = 0; !code && i < TEXTS; i++) code = ck_texts_push(&texts, i, &out, error);
  if (!code) code = ck_strings_push_null(&out, error);
  for (int64_t i = 0; !code && i < SPANS; i++)
    code = ck_join_tokens(&tokens, i * 20, i * 20 + i % 9, &texts, &out, error);
  if (code) ck_strings_free(&out);
  else code = ck_strings_finish(&out, &column, error);
  if (code) return code;
  digest_bytes(digest, column.array.buffers[1], (TEXTS + 1 + SPANS) * CK_VIEW_SIZE);
  ck_column_release(&column);
  return CK_OK;
}

static ck_code strings(digest *digest, ck_error *error) {
  enum { ROWS = 2000 };
  static uint8_t n[ROWS];
  static uint64_t first[ROWS];
  static ck_text words[TYPES];
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_column column;
  for (size_t i = 0; i < ROWS; i++) {
    n[i] = (uint8_t)(1 + i % 3);
    first[i] = (uint64_t)(i * 4) << 32;
  }
  for (size_t t = 0; t < TYPES; t++) words[t] = sample.texts[t % TEXTS];
  static const uint8_t space[1 + CK_PIECE] = {' '};
  uint8_t *packed = ck_pack_words(words, TYPES, error);
  if (!packed) return error->code;
  ck_joiner joiner = {sample.tokens, TOKENS, words, TYPES, {space, 1}};
  ck_code code = ck_ngram_strings(&joiner, n, first, ROWS, THREADS, 5000, &column, &ticker, error);
  free(packed);
  if (code) return code;
  digest_bytes(digest, column.array.buffers[1], ROWS * 4);
  ck_column_release(&column);
  return CK_OK;
}

static ck_code merging(digest *digest, ck_error *error) {
  ck_ticker ticker = ck_ticker_new(NULL);
  static uint32_t map[TYPES];
  ck_types types[2];
  ck_code code = CK_OK;
  for (int t = 0; t < 2; t++) ck_types_init(&types[t], CK_TYPES_LIMIT, ck_seeds_of(1));
  for (uint32_t i = 0; !code && i < TYPES; i++) {
    char word[40];
    uint32_t id;
    ck_key key;
    int length = snprintf(word, sizeof word, "%" PRIu32 "%s", i % 2000 + i / 2000 * 1000, i % 5 ? "" : "a longer word");
    ck_key_make(&key, (const uint8_t *)word, (uint32_t)length, (size_t)length, 0, &types[0].seeds);
    code = ck_types_ids(&types[i / 2000], &key, 1, &id, error);
  }
  size_t before = ck_types_count(&types[0]);
  if (!code && (code = ck_types_merge(&types[0], &types[1], map, &ticker, error)))
    CHECK(ck_types_count(&types[0]) == before);
  if (!code) digest_u32s(digest, map, ck_types_count(&types[1]));
  for (int t = 0; t < 2; t++) ck_types_free(&types[t]);
  return code;
}

static ck_code forms(digest *digest, ck_error *error) {
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_types types;
  uint32_t of_type[TEXTS];
  test_column column;
  sample_column(&column);
  ck_types_init(&types, CK_TYPES_LIMIT, ck_seeds_of(1));
  ck_code code = ck_number_forms(&column.column, NULL, NULL, &types, of_type, &ticker, error);
  if (!code) digest_u32s(digest, of_type, TEXTS);
  ck_types_free(&types);
  test_column_free(&column);
  return code;
}

/* An array that grows past a huge page keeps its contents, even if it cannot grow further. */
static ck_code growing(digest *digest, ck_error *error) {
  enum { ITEMS = 3 * CK_HUGE_PAGE / 8 };
  ck_u64s array = {0};
  ck_code code = CK_OK;
  for (uint64_t i = 0; i < ITEMS && !code; i++) code = ck_u64s_push(&array, i * i, error);
  for (size_t i = 0; i < array.length; i++) CHECK(array.data[i] == (uint64_t)i * i);
  CHECK(code || array.length == ITEMS);
  digest_number(digest, array.length);
  ck_u64s_free(&array);
  return code;
}

int main(void) {
  make_sample();
#define RUN(scenario) failing_run(#scenario, scenario)
  RUN(standard);
  RUN(standard_with_threads);
  RUN(whitespace_with_threads);
  RUN(characters);
  RUN(vocabulary);
  RUN(ngrams);
  RUN(pruned_ngrams_with_threads);
  RUN(grouped_ngrams_with_threads);
  RUN(skip_grams);
  RUN(selecting);
  RUN(types_by_group);
  RUN(types_by_first);
  RUN(types_by_document);
  RUN(collocates);
  RUN(collocates_with_threads);
  RUN(counting_forms);
  RUN(counting_forms_with_threads);
  RUN(counting_groups);
  RUN(numbering_sequences);
  RUN(searching_texts);
  RUN(searching);
  RUN(searching_tests_only);
  RUN(searching_labels);
  RUN(scanning);
  RUN(joining);
  RUN(strings);
  RUN(forms);
  RUN(merging);
  RUN(growing);
  printf("memory done\n");
  return 0;
}
