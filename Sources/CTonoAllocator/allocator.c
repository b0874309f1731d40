#include "tono_allocator.h"

#include <stdlib.h>

#ifdef __GLIBC__
#include <limits.h>
#include <malloc.h>
#endif

void tono_keep_freed_memory(void) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the most that glibc takes
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  // Further arenas would give memory back on their own account.
  mallopt(M_ARENA_MAX, 1);
#endif
}
