#include "normalize_column.h"

#include "pages.h"
#include "threads.h"

/* Bytes of text that are worth a thread. Fuzz targets set fewer. */
#ifndef CK_NORMALIZE_PIECE
#define CK_NORMALIZE_PIECE ((size_t)1 << 20)
#endif

/* The rows of one worker, and its blocks. */
typedef struct {
  int64_t first, end;
  size_t bytes, longest; /* of its texts that are not inline in a view; the longest of these */
  int64_t null_count;
  ck_u8s *blocks;
  size_t n_blocks, blocks_capacity;
} ck_part;

typedef struct {
  const ck_program *program;
  const ck_text_column *texts;
  ck_simd simd;
  size_t block_limit;
  uint8_t *views, *validity; /* validity: NULL if there are no nulls */
  unsigned workers;
  ck_part parts[CK_MOST_WORKERS];
} ck_column_job;

/* Bytes of a value that is not inline in a view, as the column states; unchecked. */
static inline size_t ck_outside_view(const ck_text_column *texts, const ck_text_chunk *chunk, int64_t row) {
  size_t length = ck_text_stated(texts, chunk, row);
  return length > CK_VIEW_INLINE ? length : 0;
}

/* Divides the column into parts of about the same number of bytes. */
static void ck_parts_cut(ck_column_job *job, unsigned threads) {
  const ck_text_column *texts = job->texts;
  size_t total = 0, done = 0;
  for (size_t c = 0; c < texts->chunks.length; c++) {
    const ck_text_chunk *chunk = &texts->chunks.data[c];
    for (int64_t row = 0; row < chunk->array.length; row++) total += ck_outside_view(texts, chunk, row);
  }
  total += CK_VIEW_SIZE * (size_t)texts->length;
  job->workers = ck_workers_for(threads, total, CK_NORMALIZE_PIECE);
  unsigned w = 0;
  for (size_t c = 0; c < texts->chunks.length; c++) {
    const ck_text_chunk *chunk = &texts->chunks.data[c];
    for (int64_t row = 0; row < chunk->array.length; row++) {
      int64_t number = chunk->first_row + row;
      if (number % 8 == 0 && w + 1 < job->workers && done >= total / job->workers * (w + 1)) {
        job->parts[w++].end = number;
        job->parts[w].first = number;
      }
      size_t length = ck_outside_view(texts, chunk, row);
      job->parts[w].bytes += length;
      if (length > job->parts[w].longest) job->parts[w].longest = length;
      done += length + CK_VIEW_SIZE;
    }
  }
  job->parts[w].end = texts->length;
  job->workers = w + 1;
}

/* Capacity that is most likely sufficient for a result; more than the text, as a letter may become two. */
static size_t ck_likely_room(size_t length) {
  return length + length / 8 + CK_SLACK;
}

static ck_code ck_part_add_block(ck_part *part, size_t bytes, ck_error *error) {
  if (part->n_blocks == part->blocks_capacity) {
    size_t capacity = 2 * part->blocks_capacity + 4;
    ck_u8s *blocks = (ck_u8s *)realloc(part->blocks, capacity * sizeof *blocks);
    if (!blocks) return ck_out_of_memory(error, capacity * sizeof *blocks);
    part->blocks = blocks;
    part->blocks_capacity = capacity;
  }
  ck_u8s block = {NULL, 0, bytes};
  block.data = (uint8_t *)ck_large(bytes, 1, error);
  CK_TRY(!block.data);
  part->blocks[part->n_blocks++] = block;
  return CK_OK;
}

/* Reserves `bytes` at the end of the last block, or in a new one. */
static uint8_t *ck_part_room(const ck_column_job *job, ck_part *part, size_t bytes, ck_error *error) {
  ck_u8s *block = part->n_blocks ? &part->blocks[part->n_blocks - 1] : NULL;
  if (!block || (block->length && block->length + bytes > job->block_limit)) {
    /* the rest of the part, up to the limit of a block */
    size_t wanted = part->bytes + part->longest / 8 + CK_SLACK;
    if (wanted > job->block_limit) wanted = job->block_limit;
    if (ck_part_add_block(part, wanted > bytes ? wanted : bytes, error)) return NULL;
    block = &part->blocks[part->n_blocks - 1];
  }
  if (ck_u8s_reserve(block, bytes, error)) return NULL;
  return block->data + block->length;
}

/* The view of the value that was written at the end of the last block. */
static ck_code ck_part_commit(const ck_column_job *job, ck_part *part, int64_t row, size_t length, ck_error *error) {
  ck_u8s *block = &part->blocks[part->n_blocks - 1];
  const uint8_t *value = block->data + block->length;
  uint8_t *view = job->views + CK_VIEW_SIZE * (size_t)row;
  uint32_t length32 = (uint32_t)length;
  if (CK_UNLIKELY(length > INT32_MAX))
    return ck_fail(error, CK_LIMIT, "row %lld would have %zu bytes; a text can have at most 2,147,483,647",
                   (long long)row, length);
  memset(view, 0, CK_VIEW_SIZE);
  memcpy(view, &length32, 4);
  if (length <= CK_VIEW_INLINE) {
    memcpy(view + 4, value, length);
    return CK_OK;
  }
  unsigned worker = (unsigned)(part - job->parts);
  uint32_t number = part->n_blocks == 1 ? worker : (uint32_t)(job->workers + part->n_blocks - 2);
  uint32_t offset = (uint32_t)block->length;
  memcpy(view + 4, value, 4);
  memcpy(view + 8, &number, 4);
  memcpy(view + 12, &offset, 4);
  block->length += length;
  return CK_OK;
}

static ck_code ck_part_value(const ck_column_job *job, ck_part *part, ck_text text, int64_t row, ck_work *work,
                             ck_ticker *ticker, ck_error *error) {
  size_t capacity = ck_likely_room(text.length), length = 0;
  ck_code code = CK_OK;
  for (bool again = true; again && !code;) {
    uint8_t *room = ck_part_room(job, part, capacity, error);
    CK_TRY(!room);
    size_t most = text.length * job->program->growth_bytes + CK_SLACK;
    code = ck_normalize_utf8(job->program, text.bytes, text.length, room, capacity, NULL, &length, work, ticker, error);
    again = code && work->full && capacity < most;
    if (again) capacity = most;
    if (again) code = CK_OK;
  }
  return code ? code : ck_part_commit(job, part, row, length, error);
}

/* Releases the unused memory of a block if it is much. A block that will be used again is cut only if it is mostly
 * empty: cut to the length of the result, it would be too short for the next one, whose room is that of its text. */
static void ck_block_trim(ck_u8s *block) {
  bool again = block->capacity >= CK_LEAST_BLOCK && block->capacity <= ck_blocks_limit();
  if (block->capacity - block->length <= block->capacity / (again ? 2 : 16) + CK_SLACK) return;
  uint8_t *data = (uint8_t *)realloc(block->data, block->length ? block->length : 1);
  if (!data) return;
  block->data = data;
  block->capacity = block->length;
}

static ck_code ck_part_run(void *context, unsigned worker, ck_ticker *ticker, ck_error *error) {
  ck_column_job *job = (ck_column_job *)context;
  ck_part *part = &job->parts[worker];
  const ck_text_column *texts = job->texts;
  ck_work work;
  memset(&work, 0, sizeof work);
  work.simd = job->simd;
  ck_code code = CK_OK;
  for (size_t c = 0; !code && c < texts->chunks.length; c++) {
    const ck_text_chunk *chunk = &texts->chunks.data[c];
    int64_t row = part->first > chunk->first_row ? part->first - chunk->first_row : 0;
    int64_t end =
        part->end - chunk->first_row < chunk->array.length ? part->end - chunk->first_row : chunk->array.length;
    for (; !code && row < end; row++) {
      int64_t number = chunk->first_row + row;
      ck_text text;
      code = ck_text_locate(texts, chunk, row, &text, error);
      if (code) break;
      if (text.bytes) {
        code = ck_part_value(job, part, text, number, &work, ticker, error);
        if (code == CK_UTF8) ck_text_validate(texts, chunk, row, &text, error); /* says where */
      } else {
        job->validity[number >> 3] &= (uint8_t) ~(1u << (number & 7));
        memset(job->views + CK_VIEW_SIZE * (size_t)number, 0, CK_VIEW_SIZE);
        part->null_count++;
      }
      if (text.length > CK_VIEW_INLINE) part->bytes -= text.length;
      if (!code) code = ck_tick(ticker, 0, error);
    }
  }
  ck_work_free(&work);
  for (size_t k = 0; k < part->n_blocks; k++) ck_block_trim(&part->blocks[k]);
  return code;
}

/* Adds to the block numbers of a part's views, from its second block on. */
static void ck_part_renumber(const ck_column_job *job, const ck_part *part, uint32_t more) {
  for (int64_t row = part->first; more && part->n_blocks > 1 && row < part->end; row++) {
    uint8_t *view = job->views + CK_VIEW_SIZE * (size_t)row;
    uint32_t length, number;
    memcpy(&length, view, 4);
    memcpy(&number, view + 8, 4);
    if (length <= CK_VIEW_INLINE || number < job->workers) continue;
    number += more;
    memcpy(view + 8, &number, 4);
  }
}

/* Joins the parts; takes ownership of their memory. */
static ck_code ck_parts_finish(ck_column_job *job, ck_column *column, ck_error *error) {
  ck_strings strings;
  ck_strings_init(&strings, 0);
  size_t n_blocks = 0, further = 0;
  for (unsigned w = 0; w < job->workers; w++) n_blocks += job->parts[w].n_blocks ? job->parts[w].n_blocks : 1;
  if (n_blocks > INT32_MAX) return ck_fail(error, CK_LIMIT, "a column of strings needs more than %d blocks", INT32_MAX);
  strings.blocks = (ck_u8s *)ck_allocate(n_blocks, sizeof *strings.blocks, error);
  CK_TRY(!strings.blocks);
  for (unsigned w = 0; w < job->workers; w++) {
    ck_part *part = &job->parts[w];
    if (!part->n_blocks && ck_part_add_block(part, 1, error)) { /* the block numbers of all workers must exist */
      free(strings.blocks);
      return error->code;
    }
    ck_part_renumber(job, part, (uint32_t)further);
    strings.blocks[w] = part->blocks[0];
    for (size_t k = 1; k < part->n_blocks; k++) strings.blocks[job->workers + further++] = part->blocks[k];
    strings.null_count += part->null_count;
  }
  for (unsigned w = 0; w < job->workers; w++) job->parts[w].n_blocks = 0; /* owned by the column now */
  strings.n_blocks = n_blocks;
  strings.length = job->texts->length;
  size_t rows = (size_t)strings.length;
  strings.views = (ck_u8s){job->views, CK_VIEW_SIZE * rows, CK_VIEW_SIZE * rows + CK_VIEW_SIZE};
  strings.validity = (ck_u8s){job->validity, rows / 8 + 1, rows / 8 + 1};
  job->views = job->validity = NULL;
  return ck_strings_finish(&strings, column, error);
}

static void ck_job_free(ck_column_job *job) {
  for (unsigned w = 0; w < CK_MOST_WORKERS; w++) {
    for (size_t k = 0; k < job->parts[w].n_blocks; k++) ck_u8s_free(&job->parts[w].blocks[k]);
    free(job->parts[w].blocks);
  }
  ck_block_give(job->views);
  free(job->validity);
  free(job);
}

static bool ck_may_hold_nulls(const ck_text_column *texts) {
  for (size_t c = 0; c < texts->chunks.length; c++)
    if (texts->chunks.data[c].array.null_count) return true;
  return false;
}

ck_code ck_normalize_column(const ck_program *program, ck_text_column *texts, ck_simd simd, unsigned threads,
                            size_t block_limit, ck_ticker *ticker, ck_column *column, ck_error *error) {
  ck_column_job *job = (ck_column_job *)calloc(1, sizeof *job);
  if (!job) return ck_out_of_memory(error, sizeof *job);
  texts->simd = simd;
  job->program = program;
  job->texts = texts;
  job->simd = simd;
  job->block_limit = block_limit && block_limit < CK_BLOCK_LIMIT ? block_limit : CK_BLOCK_LIMIT;
  ck_parts_cut(job, threads);
  size_t rows = (size_t)texts->length;
  ck_code code = CK_OK;
  job->views = (uint8_t *)ck_large(rows + 1, CK_VIEW_SIZE, error);
  if (!job->views) code = error->code;
  if (!code && ck_may_hold_nulls(texts)) {
    job->validity = (uint8_t *)ck_allocate(rows / 8 + 1, 1, error);
    if (job->validity)
      memset(job->validity, 0xFF, rows / 8 + 1);
    else
      code = error->code;
  }
  if (!code) code = ck_parallel(job->workers, ck_part_run, job, ticker, error);
  if (!code) code = ck_parts_finish(job, column, error);
  ck_job_free(job);
  return code;
}
