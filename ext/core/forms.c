#include "forms.h"

#include "sorted.h"

enum { CK_FORMS_WAITING = 32 };

typedef struct {
  ck_types *forms;
  uint32_t *of_type;
  ck_key keys[CK_FORMS_WAITING]; /* prefetched while others are read */
  int64_t rows[CK_FORMS_WAITING];
  unsigned length;
} ck_form_queue;

static ck_code ck_form_flush(ck_form_queue *queue, ck_error *error) {
  uint32_t ids[CK_FORMS_WAITING];
  ck_code code = ck_types_ids(queue->forms, queue->keys, queue->length, ids, error);
  for (unsigned i = 0; !code && i < queue->length; i++) queue->of_type[queue->rows[i]] = ids[i];
  queue->length = 0;
  return code;
}

ck_code ck_number_forms(const ck_text_column *texts, const uint8_t *chosen, const uint8_t *kinds, ck_types *forms,
                        uint32_t *of_type, ck_ticker *ticker, ck_error *error) {
  ck_form_queue queue = {.forms = forms, .of_type = of_type};
  ck_text_rows rows = ck_text_rows_of(texts, 0, texts->length);
  ck_code code = ck_types_reserve(forms, ck_types_count(forms) + (size_t)texts->length, error);
  ck_text text;
  for (int64_t row = 0; !code && row < texts->length; row++) {
    code = ck_text_next(&rows, &text, error);
    of_type[row] = CK_NO_FORM;
    if (code || !text.bytes || !text.length || (chosen && !chosen[row])) continue;
    ck_key *key = &queue.keys[queue.length];
    ck_key_make(key, text.bytes, text.length, text.length, kinds ? kinds[row] : 0, &forms->seeds);
    ck_types_prefetch(forms, key->hash);
    queue.rows[queue.length++] = row;
    if (queue.length == CK_FORMS_WAITING) code = ck_form_flush(&queue, error);
    if (!code) code = ck_tick(ticker, text.length, error);
  }
  return code ? code : ck_form_flush(&queue, error);
}

/* The end of the block of bytes that begins with the type `first`, within its limit. */
static size_t ck_surfaces_block_end(const ck_types *types, size_t first, size_t block_limit) {
  const uint64_t *ends = types->ends.data;
  uint64_t begin = first ? ends[first - 1] : 0;
  return ck_first_above(ends, first + 1, ck_types_count(types), begin + block_limit); /* a single one always fits */
}

/* Views of the types [first, end), whose bytes are a copy of those of the table. */
static ck_code ck_surfaces_block(const ck_types *types, size_t first, size_t end, ck_strings *strings,
                                 ck_error *error) {
  const uint64_t *ends = types->ends.data;
  uint64_t begin = first ? ends[first - 1] : 0;
  CK_TRY(ck_strings_add_block(strings, error));
  uint32_t number = (uint32_t)(strings->n_blocks - 1);
  ck_u8s *block = &strings->blocks[number];
  CK_TRY(ck_u8s_reserve(block, (size_t)(ends[end - 1] - begin) + CK_KEY_INLINE, error));
  block->length = (size_t)(ends[end - 1] - begin);
  memcpy(block->data, types->arena.data + begin, block->length);
  memset(block->data + block->length, 0, CK_KEY_INLINE);
  uint8_t mask[2 * CK_VIEW_INLINE] = {0};
  memset(mask, 0xFF, CK_VIEW_INLINE);
  uint8_t *view = strings->views.data + strings->views.length;
  uint64_t start = begin;
  for (size_t id = first; id < end; id++, view += CK_VIEW_SIZE) {
    uint32_t length = (uint32_t)(ends[id] - start), offset = (uint32_t)(start - begin);
    const uint8_t *bytes = block->data + offset;
    memset(view, 0, CK_VIEW_SIZE);
    memcpy(view, &length, 4);
    if (CK_LIKELY(length <= CK_VIEW_INLINE)) {
      /* the bytes after the value are those of another one, but must be zero in a view */
      const uint8_t *kept = mask + CK_VIEW_INLINE - length;
      uint64_t low = ck_load64(bytes) & ck_load64(kept), high = ck_load64(bytes + 4) & ck_load64(kept + 4);
      memcpy(view + 4, &low, 8);
      memcpy(view + 8, &high, 8);
    } else {
      memcpy(view + 4, bytes, 4);
      memcpy(view + 8, &number, 4);
      memcpy(view + 12, &offset, 4);
    }
    start = ends[id];
  }
  strings->views.length += (end - first) * CK_VIEW_SIZE;
  strings->length += (int64_t)(end - first);
  return CK_OK;
}

ck_code ck_surfaces(const ck_types *types, size_t first, ck_strings *strings, ck_ticker *ticker, ck_error *error) {
  size_t count = ck_types_count(types);
  if (first >= count) return CK_OK;
  CK_TRY(ck_u8s_reserve(&strings->views, (count - first) * CK_VIEW_SIZE, error));
  while (first < count) {
    size_t end = ck_surfaces_block_end(types, first, strings->block_limit);
    CK_TRY(ck_surfaces_block(types, first, end, strings, error));
    CK_TRY(ck_tick(ticker, (int64_t)(end - first), error));
    first = end;
  }
  return CK_OK;
}
