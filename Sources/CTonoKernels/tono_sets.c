#include "sets/tono_sets.h"

#if defined(__x86_64__)
static int tono_has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("bmi2");
}

static int tono_has_avx512(void) {
  return tono_has_avx2() && __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#endif

const tono_kernel_set *tono_kernel_set_at(int32_t index) {
  const tono_kernel_set *sets[5] = {&tono_set_scalar};
#if defined(__x86_64__)
  sets[1] = &tono_set_baseline;
  if (tono_has_avx2()) sets[2] = &tono_set_avx2;
  if (tono_has_avx512()) sets[3] = &tono_set_avx512;
#elif defined(__aarch64__)
  sets[1] = &tono_set_neon;
#endif
  return index >= 0 && index < 5 ? sets[index] : 0;
}
