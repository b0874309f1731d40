#ifndef TONO_ALLOCATOR_H
#define TONO_ALLOCATOR_H

// Keeps freed memory in the process from here on; does nothing where the C library is not glibc.
//
// Every step of an ascent takes and gives back the same large arrays. glibc would return them to
// the system and fault every page in anew, which takes longer than the computation of a small layer.
// Swift cannot call mallopt itself: its glibc module leaves <malloc.h> out.
void tono_keep_freed_memory(void);

#endif
