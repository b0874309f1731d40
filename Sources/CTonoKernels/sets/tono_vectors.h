// Vectors of the set that is being compiled. The including file defines
//   TONO_SET        the set's name
//   TONO_LANES      floats of its widest vector: 4, 8 or 16
//   TONO_POSITIONS  output cells that a register tile computes at most, 4 or 8
#pragma once

#include <stdint.h>
#include <string.h>

#include "tono_program.h"

#define TONO_INLINE static inline __attribute__((always_inline))
#define TONO_UNROLL _Pragma("clang loop unroll(full)")

typedef float tono_v4 __attribute__((ext_vector_type(4), aligned(4)));
typedef float tono_v8 __attribute__((ext_vector_type(8), aligned(4)));
typedef float tono_v16 __attribute__((ext_vector_type(16), aligned(4)));
typedef int32_t tono_i8 __attribute__((ext_vector_type(8)));
typedef uint8_t tono_b8 __attribute__((ext_vector_type(8), aligned(1)));

// The set's widest vector.
#if TONO_LANES == 16
typedef tono_v16 tono_wide;
#elif TONO_LANES == 8
typedef tono_v8 tono_wide;
#else
typedef tono_v4 tono_wide;
#endif

// Macros, since functions that return vectors wider than the target's would change the ABI.
#define tono_load8(p) (*(const tono_v8 *)(p))
#define tono_store8(p, v) (*(tono_v8 *)(p) = (v))
#define tono_load_wide(p) (*(const tono_wide *)(p))
#define tono_store_wide(p, v) (*(tono_wide *)(p) = (v))

