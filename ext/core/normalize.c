#include "normalize.h"

#include "normalize_blocks.h"
#include "normalize_cluster.h"
#include "utf8.h"

void ck_work_free(ck_work *work) {
  ck_items_free(&work->items);
  ck_items_free(&work->spare);
}

/* A map being rewritten while runs are cut. */
typedef struct {
  const ck_map *map;
  ck_map result;
  size_t next;
} ck_moves;

/* Units: see ck_may_run. */
enum { CK_RUN_BLOCK = 64, CK_RUN_AHEAD = 6 };

/* Units: see ck_stretch. */
enum { CK_SHORT_BLOCK = 12, CK_ALONE = 64 };

#define CK_BLOCKS_GLUE_(form, variant) ck_blocks_##form##_##variant
#define CK_BLOCKS_GLUE(form, variant) CK_BLOCKS_GLUE_(form, variant)
#define CK_BLOCKS(variant) \
  CK_BLOCKS_GLUE(CK_FORM, variant)(task->program, task->s, task->n, stop, task->out, task->map, place, error)

#define CK_FORM utf8
#define CK_UNIT uint8_t
#define CK_UTF8_FORM 1
#include "normalize_kernel.h"
#undef CK_FORM
#undef CK_UNIT
#undef CK_UTF8_FORM

#define CK_UTF8_FORM 0
#define CK_FORM ucs1
#define CK_UNIT uint8_t
#include "normalize_kernel.h"
#undef CK_FORM
#undef CK_UNIT
#define CK_FORM ucs2
#define CK_UNIT uint16_t
#include "normalize_kernel.h"
#undef CK_FORM
#undef CK_UNIT
#define CK_UCS4_FORM 1 /* characters above U+FFFF are rare: vectorised with AVX-512 only */
#define CK_FORM ucs4
#define CK_UNIT uint32_t
#include "normalize_kernel.h"
#undef CK_UCS4_FORM
#undef CK_FORM
#undef CK_UNIT
#undef CK_UTF8_FORM

#undef CK_BLOCKS
#undef CK_BLOCKS_GLUE
#undef CK_BLOCKS_GLUE_
