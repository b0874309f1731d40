#include "tono_sets.h"

#if defined(__x86_64__)
#define TONO_SET avx2
#define TONO_LANES 8
#define TONO_REGISTERS 16
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#include "tono_set.h"
#pragma clang attribute pop
#endif
