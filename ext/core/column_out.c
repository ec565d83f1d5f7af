#include "column_out.h"

#define CK_FORMAT_I32 "i"

static void ck_schema_release(struct ArrowSchema *schema) {
  schema->release = NULL;
}

static void ck_schema_init(struct ArrowSchema *schema, const char *format) {
  memset(schema, 0, sizeof *schema);
  schema->format = format; /* a string literal */
  schema->name = "";
  schema->flags = ARROW_FLAG_NULLABLE;
  schema->release = ck_schema_release;
}

void ck_column_release(ck_column *column) {
  if (column->schema.release) column->schema.release(&column->schema);
  if (column->array.release) column->array.release(&column->array);
}

/* What an exported array owns: `count` buffers, freed together. */
typedef struct {
  size_t count;
  const void *buffers[];
} ck_owned;

static void ck_array_release(struct ArrowArray *array) {
  ck_owned *owned = (ck_owned *)array->private_data;
  for (size_t i = 0; i < owned->count; i++) ck_block_give((void *)owned->buffers[i]);
  free(owned);
  array->release = NULL;
}

static ck_owned *ck_owned_new(size_t count, ck_error *error) {
  ck_owned *owned = (ck_owned *)calloc(1, sizeof(ck_owned) + count * sizeof(void *));
  if (!owned)
    ck_out_of_memory(error, count * sizeof(void *));
  else
    owned->count = count;
  return owned;
}

static void ck_array_init(struct ArrowArray *array, ck_owned *owned, int64_t length, int64_t null_count) {
  memset(array, 0, sizeof *array);
  array->length = length;
  array->null_count = null_count;
  array->n_buffers = (int64_t)owned->count;
  array->buffers = owned->buffers;
  array->private_data = owned;
  array->release = ck_array_release;
}

ck_code ck_column_of_numbers(ck_column *column, const char *format, void *data, size_t length, ck_error *error) {
  memset(column, 0, sizeof *column);
  ck_owned *owned = ck_owned_new(2, error);
  if (owned && !data) data = ck_allocate(0, 1, error); /* an empty array has no memory */
  if (!owned || !data) {
    free(owned);
    free(data);
    return error->code;
  }
  owned->buffers[1] = data;
  ck_array_init(&column->array, owned, (int64_t)length, 0);
  ck_schema_init(&column->schema, format);
  return CK_OK;
}

ck_code ck_column_of_nullable(ck_column *column, const char *format, void *data, size_t length, uint8_t *validity,
                              int64_t nulls, ck_error *error) {
  if (ck_column_of_numbers(column, format, data, length, error)) {
    free(validity);
    return error->code;
  }
  ((ck_owned *)column->array.private_data)->buffers[0] = validity;
  column->array.null_count = nulls;
  return CK_OK;
}

/* What a column of columns owns. */
typedef struct {
  struct ArrowSchema *children[CK_MOST_PARTS], items[CK_MOST_PARTS];
} ck_schema_parts;

typedef struct {
  const void *buffers[1]; /* no validity */
  struct ArrowArray *children[CK_MOST_PARTS], items[CK_MOST_PARTS];
} ck_array_parts;

static void ck_schema_release_parts(struct ArrowSchema *schema) {
  for (int64_t i = 0; i < schema->n_children; i++)
    if (schema->children[i]->release) schema->children[i]->release(schema->children[i]);
  free(schema->private_data);
  schema->release = NULL;
}

static void ck_array_release_parts(struct ArrowArray *array) {
  for (int64_t i = 0; i < array->n_children; i++)
    if (array->children[i]->release) array->children[i]->release(array->children[i]);
  free(array->private_data);
  array->release = NULL;
}

ck_code ck_column_of_parts(ck_column *column, ck_column *parts, const char *const *names, size_t count, size_t length,
                           ck_error *error) {
  ck_schema_parts *schemas = (ck_schema_parts *)calloc(1, sizeof *schemas);
  ck_array_parts *arrays = (ck_array_parts *)calloc(1, sizeof *arrays);
  CK_ASSERT(count <= CK_MOST_PARTS);
  memset(column, 0, sizeof *column);
  if (!schemas || !arrays) {
    free(schemas);
    free(arrays);
    for (size_t i = 0; i < count; i++) ck_column_release(&parts[i]);
    return ck_out_of_memory(error, sizeof *schemas + sizeof *arrays);
  }
  for (size_t i = 0; i < count; i++) {
    schemas->items[i] = parts[i].schema;
    schemas->items[i].name = names[i];
    schemas->children[i] = &schemas->items[i];
    arrays->items[i] = parts[i].array;
    arrays->children[i] = &arrays->items[i];
    memset(&parts[i], 0, sizeof parts[i]);
  }
  ck_schema_init(&column->schema, "+s");
  column->schema.flags = 0;
  column->schema.n_children = (int64_t)count;
  column->schema.children = schemas->children;
  column->schema.private_data = schemas;
  column->schema.release = ck_schema_release_parts;
  column->array.length = (int64_t)length;
  column->array.n_buffers = 1;
  column->array.buffers = arrays->buffers;
  column->array.n_children = (int64_t)count;
  column->array.children = arrays->children;
  column->array.private_data = arrays;
  column->array.release = ck_array_release_parts;
  return CK_OK;
}

/* Moves a grown array (ck_u32s, ...) into a column and leaves it empty. */
#define CK_COLUMN_TAKE(column, format, grown, error)                                 \
  ck_column_of_numbers((column), (format), (grown)->data, (grown)->length, (error)); \
  ((grown)->data = NULL, (grown)->length = (grown)->capacity = 0)

/* ------------------------------------------------- a column of strings */

void ck_strings_init(ck_strings *strings, size_t block_limit) {
  memset(strings, 0, sizeof *strings);
  strings->block_limit = block_limit && block_limit < CK_BLOCK_LIMIT ? block_limit : CK_BLOCK_LIMIT;
  strings->number_step = 1;
}

void ck_strings_free(ck_strings *strings) {
  for (size_t i = 0; i < strings->n_blocks; i++) ck_u8s_free(&strings->blocks[i]);
  free(strings->blocks);
  ck_u8s_free(&strings->views);
  ck_u8s_free(&strings->validity);
  memset(strings, 0, sizeof *strings);
}

ck_code ck_strings_add_block(ck_strings *strings, ck_error *error) {
  if (strings->n_blocks == strings->blocks_capacity) {
    size_t capacity = 2 * strings->blocks_capacity + 4;
    ck_u8s *blocks = (ck_u8s *)realloc(strings->blocks, capacity * sizeof *blocks);
    if (!blocks) return ck_out_of_memory(error, capacity * sizeof *blocks);
    strings->blocks = blocks;
    strings->blocks_capacity = capacity;
  }
  if (strings->n_blocks >= (size_t)INT32_MAX / strings->number_step)
    return ck_fail(error, CK_LIMIT, "a column of strings needs more than %d blocks", INT32_MAX);
  memset(&strings->blocks[strings->n_blocks++], 0, sizeof(ck_u8s));
  return CK_OK;
}

uint8_t *ck_strings_room(ck_strings *strings, size_t length, ck_error *error) {
  if (CK_UNLIKELY(length > INT32_MAX)) {
    ck_fail(error, CK_LIMIT, "a text must have at most 2,147,483,647 bytes; a value may need %zu", length);
    return NULL;
  }
  ck_u8s *block = strings->n_blocks ? &strings->blocks[strings->n_blocks - 1] : NULL;
  if (!block || (block->length && block->length + length > strings->block_limit)) {
    if (ck_strings_add_block(strings, error)) return NULL;
    block = &strings->blocks[strings->n_blocks - 1];
  }
  if (ck_u8s_reserve(block, length ? length : 1, error)) return NULL;
  return block->data + block->length;
}

static ck_code ck_strings_mark(ck_strings *strings, bool valid, ck_error *error) {
  if (valid && !strings->null_count) return CK_OK;
  size_t bytes = (size_t)(strings->length / 8 + 1);
  if (strings->validity.length < bytes) {
    size_t more = bytes - strings->validity.length;
    CK_TRY(ck_u8s_reserve(&strings->validity, more, error));
    /* all rows before the first null are valid */
    memset(strings->validity.data + strings->validity.length, strings->null_count ? 0 : 0xFF, more);
    strings->validity.length = bytes;
  }
  uint8_t bit = (uint8_t)(1u << (strings->length & 7)), *byte = &strings->validity.data[strings->length >> 3];
  *byte = valid ? *byte | bit : *byte & (uint8_t)~bit;
  strings->null_count += !valid;
  return CK_OK;
}

static ck_code ck_strings_push_view(ck_strings *strings, const uint8_t view[CK_VIEW_SIZE], bool valid,
                                    ck_error *error) {
  ck_code code = ck_u8s_reserve(&strings->views, CK_VIEW_SIZE, error);
  if (!code) code = ck_strings_mark(strings, valid, error);
  if (code) return code;
  memcpy(strings->views.data + strings->views.length, view, CK_VIEW_SIZE);
  strings->views.length += CK_VIEW_SIZE;
  strings->length++;
  return CK_OK;
}

ck_code ck_strings_commit(ck_strings *strings, size_t length, ck_error *error) {
  ck_u8s *block = &strings->blocks[strings->n_blocks - 1];
  const uint8_t *value = block->data + block->length;
  CK_ASSERT(length <= block->capacity - block->length);
  uint8_t view[CK_VIEW_SIZE] = {0};
  uint32_t length32 = (uint32_t)length;
  memcpy(view, &length32, 4);
  if (length <= CK_VIEW_INLINE) {
    memcpy(view + 4, value, length);
  } else {
    uint32_t block_index = (uint32_t)(strings->n_blocks - 1) * strings->number_step + strings->first_number;
    uint32_t offset = (uint32_t)block->length;
    memcpy(view + 4, value, 4);
    memcpy(view + 8, &block_index, 4);
    memcpy(view + 12, &offset, 4);
    block->length += length;
  }
  return ck_strings_push_view(strings, view, true, error);
}

ck_code ck_strings_push(ck_strings *strings, const uint8_t *bytes, size_t length, ck_error *error) {
  uint8_t *room = ck_strings_room(strings, length, error);
  CK_TRY(!room);
  if (length) memcpy(room, bytes, length);
  return ck_strings_commit(strings, length, error);
}

ck_code ck_strings_push_null(ck_strings *strings, ck_error *error) {
  static const uint8_t empty[CK_VIEW_SIZE] = {0};
  return ck_strings_push_view(strings, empty, false, error);
}

ck_code ck_strings_finish(ck_strings *strings, ck_column *column, ck_error *error) {
  memset(column, 0, sizeof *column);
  size_t blocks = strings->n_blocks;
  ck_owned *owned = ck_owned_new(blocks + 3, error);
  int64_t *sizes = (int64_t *)ck_allocate(blocks, sizeof(int64_t), error);
  if (!owned || !sizes || ck_u8s_reserve(&strings->views, CK_VIEW_SIZE, error)) {
    free(owned);
    free(sizes);
    ck_strings_free(strings);
    return error->code;
  }
  owned->buffers[0] = strings->null_count ? strings->validity.data : NULL;
  if (!strings->null_count) ck_u8s_free(&strings->validity);
  owned->buffers[1] = strings->views.data;
  for (size_t i = 0; i < blocks; i++) {
    owned->buffers[2 + i] = strings->blocks[i].data;
    sizes[i] = (int64_t)strings->blocks[i].length;
  }
  owned->buffers[2 + blocks] = sizes;
  ck_array_init(&column->array, owned, strings->length, strings->null_count);
  ck_schema_init(&column->schema, "vu");
  free(strings->blocks);
  memset(strings, 0, sizeof *strings);
  return CK_OK;
}

/* ------------------------------------- a column of strings by several workers
 *
 * Each worker has a range of rows and writes its views directly into the column, and its text into blocks of its own.
 * So that views need no second pass, the blocks of w workers are numbered 0, w, 2w, ... and 1, w + 1, ... and so on. */

ck_code ck_shared_strings_open(ck_shared_strings *shared, const size_t *first_row, unsigned workers, size_t block_limit,
                               ck_error *error) {
  memset(shared, 0, sizeof *shared);
  shared->rows = first_row[workers];
  shared->views = (uint8_t *)ck_large(shared->rows, CK_VIEW_SIZE, error);
  CK_TRY(!shared->views);
  shared->workers = workers;
  for (unsigned w = 0; w < workers; w++) {
    ck_strings *part = &shared->parts[w];
    ck_strings_init(part, block_limit);
    part->first_number = w;
    part->number_step = workers;
    part->views.data = shared->views + first_row[w] * CK_VIEW_SIZE;
    part->views.capacity = (first_row[w + 1] - first_row[w]) * CK_VIEW_SIZE;
  }
  memcpy(shared->first_row, first_row, (workers + 1) * sizeof *first_row);
  return CK_OK;
}

void ck_shared_strings_free(ck_shared_strings *shared) {
  for (unsigned w = 0; w < shared->workers; w++) {
    memset(&shared->parts[w].views, 0, sizeof(ck_u8s)); /* part of that of the column */
    ck_strings_free(&shared->parts[w]);
  }
  ck_block_give(shared->views);
  memset(shared, 0, sizeof *shared);
}

/* The validity of all rows if some are null. */
static uint8_t *ck_shared_validity(const ck_shared_strings *shared, ck_error *error) {
  uint8_t *bits = (uint8_t *)calloc(shared->rows / 8 + 1, 1);
  if (!bits) ck_out_of_memory(error, shared->rows / 8 + 1);
  for (unsigned w = 0; bits && w < shared->workers; w++) {
    const ck_strings *part = &shared->parts[w];
    for (size_t i = 0, row = shared->first_row[w]; i < (size_t)part->length; i++, row++) {
      unsigned valid = part->null_count ? part->validity.data[i >> 3] >> (i & 7) & 1 : 1;
      bits[row >> 3] |= (uint8_t)(valid << (row & 7));
    }
  }
  return bits;
}

/* Moves the blocks of all parts into the array, padded with empty blocks for workers with fewer. */
static ck_code ck_shared_blocks(ck_shared_strings *shared, ck_owned *owned, int64_t *sizes, ck_error *error) {
  for (size_t i = 0; i + 3 < owned->count; i++) {
    ck_strings *part = &shared->parts[i % shared->workers];
    ck_u8s *block = i / shared->workers < part->n_blocks ? &part->blocks[i / shared->workers] : NULL;
    owned->buffers[2 + i] = block ? block->data : (uint8_t *)ck_allocate(0, 1, error);
    CK_TRY(!owned->buffers[2 + i]);
    sizes[i] = block ? (int64_t)block->length : 0;
    if (block) memset(block, 0, sizeof *block);
  }
  return CK_OK;
}

ck_code ck_shared_strings_finish(ck_shared_strings *shared, ck_column *column, ck_error *error) {
  memset(column, 0, sizeof *column);
  size_t blocks = 0;
  int64_t nulls = 0;
  for (unsigned w = 0; w < shared->workers; w++) {
    ck_strings *part = &shared->parts[w];
    CK_ASSERT((size_t)part->length == shared->first_row[w + 1] - shared->first_row[w]);
    if (part->n_blocks > blocks) blocks = part->n_blocks;
    nulls += part->null_count;
  }
  blocks *= shared->workers;
  ck_owned *owned = ck_owned_new(blocks + 3, error);
  int64_t *sizes = (int64_t *)ck_allocate(blocks, sizeof(int64_t), error);
  uint8_t *validity = owned && sizes && nulls ? ck_shared_validity(shared, error) : NULL;
  ck_code code = !owned || !sizes || (nulls && !validity) ? error->code : CK_OK;
  if (!code) code = ck_shared_blocks(shared, owned, sizes, error);
  if (code) {
    for (size_t i = 0; owned && i < owned->count; i++) ck_block_give((void *)owned->buffers[i]);
    free(owned);
    free(sizes);
    free(validity);
  } else {
    owned->buffers[0] = validity;
    owned->buffers[1] = shared->views;
    owned->buffers[2 + blocks] = sizes;
    shared->views = NULL;
    ck_array_init(&column->array, owned, (int64_t)shared->rows, nulls);
    ck_schema_init(&column->schema, "vu");
  }
  ck_shared_strings_free(shared);
  return code;
}
