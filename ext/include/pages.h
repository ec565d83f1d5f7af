/* Large working arrays.
 *
 * Fresh memory is paid for page by page, at a tenth of the speed of a copy.
 * Where the system has huge pages, large arrays ask for them. */
#ifndef CK_PAGES_H
#define CK_PAGES_H

#include "core.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

enum { CK_HUGE_PAGE = 2 << 20 };

/* Memory of `count` items of `size` bytes, to be given back with free(). */
CK_UNUSED static void *ck_pages(size_t count, size_t size, ck_error *error) {
#ifdef MADV_HUGEPAGE
  if (size && count <= (PTRDIFF_MAX - CK_HUGE_PAGE) / size && count * size >= 2 * (size_t)CK_HUGE_PAGE) {
    size_t bytes = (count * size + CK_HUGE_PAGE - 1) / CK_HUGE_PAGE * CK_HUGE_PAGE;
    void *memory = aligned_alloc(CK_HUGE_PAGE, bytes);
    if (memory) {
      madvise(memory, bytes, MADV_HUGEPAGE); /* a wish: small pages serve as well */
      return memory;
    }
  }
#endif
  return ck_allocate(count, size, error);
}

#endif
