#include "tono_sets.h"

#if defined(__x86_64__)
#define TONO_SET avx512
#define TONO_LANES 16
#define TONO_REGISTERS 32
// Without its minimal width, clang would halve the vectors of 512 bits.
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"), min_vector_width(512))), \
                             apply_to = function)
#include "tono_set.h"
#pragma clang attribute pop
#endif
