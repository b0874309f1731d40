// Vectors of the set that is being compiled. The including file defines
//   TONO_SET        the set's name
//   TONO_LANES      floats of its widest vector: 4, 8 or 16
//   TONO_REGISTERS  its vector registers, 16 or 32
#pragma once

#include <stdint.h>
#include <string.h>

#include "tono_program.h"

#define TONO_INLINE static inline __attribute__((always_inline))
#define TONO_UNROLL _Pragma("clang loop unroll(full)")

typedef float tono_v4 __attribute__((ext_vector_type(4), aligned(4)));
typedef float tono_v8 __attribute__((ext_vector_type(8), aligned(4)));
typedef float tono_v16 __attribute__((ext_vector_type(16), aligned(4)));
typedef int32_t tono_i8 __attribute__((ext_vector_type(8), aligned(4)));
typedef uint8_t tono_b8 __attribute__((ext_vector_type(8), aligned(1)));

// The set's widest vector, and integers for its lanes.
typedef float tono_wide __attribute__((ext_vector_type(TONO_LANES), aligned(4)));
typedef int32_t tono_wide_index __attribute__((ext_vector_type(TONO_LANES), aligned(4)));

// Macros, since functions that return vectors wider than the target's would change the ABI.
#define tono_load8(p) (*(const tono_v8 *)(p))
#define tono_store8(p, v) (*(tono_v8 *)(p) = (v))
// A wide vector's lanes added up to eight.
#if TONO_LANES == 16
#define tono_fold(v) ((v).lo + (v).hi)
#elif TONO_LANES == 8
#define tono_fold(v) (v)
#else
#define tono_fold(v) __builtin_shufflevector((v), (tono_wide)(0), 0, 1, 2, 3, 4, 5, 6, 7)
#endif

#define tono_load_wide(p) (*(const tono_wide *)(p))
#define tono_store_wide(p, v) (*(tono_wide *)(p) = (v))

// The sum of a vector's lanes.
TONO_INLINE float tono_sum(const tono_v8 *v) {
  const tono_v4 four = v->lo + v->hi;
  return (four[0] + four[1]) + (four[2] + four[3]);
}
