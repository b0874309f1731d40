#include "tono_sets.h"

#if defined(__x86_64__)
#define TONO_SET baseline
#define TONO_LANES 4
#define TONO_REGISTERS 16

#include "tono_set.h"

#endif
