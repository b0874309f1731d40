#include "tono_sets.h"

#if defined(__aarch64__)
#define TONO_SET neon
#define TONO_LANES 4
#define TONO_REGISTERS 32

#include "tono_set.h"

#endif
