#include "text_search.h"

#include "bytes.h"
#include "simd.h"
#include "sorted.h"

enum {
  CK_PLACES = 64,      /* compared at once: a loop of this length becomes vector operations */
  CK_ROWS_BETWEEN_TICKS = 1 << 16,
  CK_STEPS_TO_A_TEXT = 8 /* before texts are bisected: with many hits the next one is near */
};

/* ------------------------------------------------------------- at one end */

static ck_code ck_search_one_end(const ck_texts *texts, ck_text wanted, bool at_end, ck_u32s *rows, ck_ticker *ticker,
                              ck_error *error) {
  const size_t length = wanted.length;
  const uint8_t *bytes = texts->n_bytes ? texts->bytes : (const uint8_t *)""; /* so that no text is at NULL */
  const uint8_t last = length ? wanted.bytes[length - 1] : 0;
  uint64_t begin = ck_once64(&texts->offsets[0]), end;
  for (size_t i = 0; i < texts->length; i++, begin = end) {
    CK_TRY(i % CK_ROWS_BETWEEN_TICKS == 0 && ck_tick(ticker, CK_ROWS_BETWEEN_TICKS, error));
    end = ck_once64(&texts->offsets[i + 1]);
    if (CK_UNLIKELY(begin > end || end > texts->n_bytes))
      return ck_fail(error, CK_CORRUPT, "text %zu is at %llu to %llu of %zu bytes", i, (unsigned long long)begin,
                     (unsigned long long)end, texts->n_bytes);
    if (end - begin < length) continue;
    const uint8_t *part = bytes + (at_end ? end - length : begin);
    if (length && (part[length - 1] != last || memcmp(part, wanted.bytes, length) != 0)) continue;
    CK_TRY(ck_u32s_push(rows, (uint32_t)i, error));
  }
  return CK_OK;
}

/* --------------------------------------------------------------- anywhere */

/* What is looked for in a whole file. The bytes at two places of it are compared first: in UTF-8 a letter begins with
 * one of few bytes, and ends with one of many. */
typedef struct {
  const ck_texts *texts;
  ck_text wanted;
  size_t one, other;  /* these places */
  size_t row, next;   /* the text of the last hit, and the byte from which the next one counts */
  ck_u32s *rows;
} ck_wanted_text;

static size_t ck_telling_place(ck_text wanted) {
  for (size_t i = 0; i < wanted.length; i++)
    if ((wanted.bytes[i] & 0xC0) == 0x80) return i;
  return 0;
}

/* Goes on to the text that has the byte at `place`. */
static ck_code ck_wanted_row(ck_wanted_text *job, size_t place, ck_error *error) {
  const uint64_t *offsets = job->texts->offsets;
  size_t row = job->row, length = job->texts->length;
  for (int step = 0; step < CK_STEPS_TO_A_TEXT && row < length && ck_once64(&offsets[row + 1]) <= place; step++) row++;
  if (row < length && ck_once64(&offsets[row + 1]) <= place) {
    size_t reach = CK_STEPS_TO_A_TEXT;
    while (row + reach < length && ck_once64(&offsets[row + reach]) <= place) reach *= 2;
    row = ck_first_above(offsets, row + 1, row + reach < length ? row + reach : length, place) - 1;
  }
  job->row = row;
  if (CK_UNLIKELY(row >= length || ck_once64(&offsets[row]) > place || ck_once64(&offsets[row + 1]) <= place))
    return ck_fail(error, CK_CORRUPT, "no text has byte %zu of %zu", place, job->texts->n_bytes);
  return CK_OK;
}

static ck_code ck_wanted_try(ck_wanted_text *job, size_t place, ck_error *error) {
  ck_text wanted = job->wanted;
  if (place < job->next || memcmp(job->texts->bytes + place, wanted.bytes, wanted.length) != 0) return CK_OK;
  CK_TRY(ck_wanted_row(job, place, error));
  uint64_t end = ck_once64(&job->texts->offsets[job->row + 1]);
  if (place + wanted.length > end) return CK_OK; /* it is partly in the next text */
  job->next = (size_t)end;
  return ck_u32s_push(job->rows, (uint32_t)job->row, error);
}

/* A bit for each of CK_PLACES places where both bytes are equal, the first one lowest. */
static uint64_t ck_equal_places(const uint8_t *one, uint8_t first, const uint8_t *other, uint8_t second) {
  uint8_t equal[CK_PLACES];
  uint64_t any = 0, bits = 0, eight;
  for (int i = 0; i < CK_PLACES; i++) equal[i] = (uint8_t)((one[i] == first) & (other[i] == second));
  for (int i = 0; i < CK_PLACES; i += 8) {
    memcpy(&eight, equal + i, 8);
    any |= eight;
  }
  if (CK_LIKELY(!any)) return 0;
  for (int i = 0; i < CK_PLACES; i += 8) bits |= (ck_load_little(equal + i) * 0x0102040810204080u >> 56) << i;
  return bits;
}

/* Looks for it at the places from `begin` up to begin + CK_PLACES. */
static ck_code ck_wanted_block(ck_wanted_text *job, size_t begin, ck_error *error) {
  const uint8_t *bytes = job->texts->bytes + begin, *wanted = job->wanted.bytes;
  uint64_t bits = ck_equal_places(bytes + job->one, wanted[job->one], bytes + job->other, wanted[job->other]);
  while (bits) {
    CK_TRY(ck_wanted_try(job, begin + ck_lowest_bit(bits), error));
    if (job->next >= begin + CK_PLACES) return CK_OK;
    bits &= job->next > begin ? (bits - 1) & ~(uint64_t)0 << (job->next - begin) : bits - 1;
  }
  return CK_OK;
}

static ck_code ck_search_anywhere(const ck_texts *texts, ck_text wanted, ck_u32s *rows, ck_ticker *ticker,
                                  ck_error *error) {
  ck_wanted_text job = {texts, wanted, ck_telling_place(wanted), wanted.length - 1, 0, 0, rows};
  if (wanted.length > texts->n_bytes) return CK_OK;
  size_t places = texts->n_bytes - wanted.length + 1, begin = 0;
  for (; begin + CK_PLACES <= places; begin += CK_PLACES) {
    CK_TRY(begin % CK_CHECKED == 0 && ck_tick(ticker, CK_CHECKED, error));
    CK_TRY(ck_wanted_block(&job, begin, error));
  }
  for (; begin < places; begin++) CK_TRY(ck_wanted_try(&job, begin, error));
  return CK_OK;
}

ck_code ck_texts_search(const ck_texts *texts, ck_text wanted, ck_text_place place, ck_u32s *rows, ck_ticker *ticker,
                        ck_error *error) {
  ck_touch_range(&texts->of_offsets, 0, texts->length + 1);
  ck_touch_range(&texts->of_bytes, 0, texts->n_bytes);
  if (place == CK_ANYWHERE && wanted.length) return ck_search_anywhere(texts, wanted, rows, ticker, error);
  return ck_search_one_end(texts, wanted, place == CK_AT_END, rows, ticker, error);
}
