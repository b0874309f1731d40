#include "peak.h"

// x ← x·b + c in as many chains as hide an operation's latency, all of them in registers. x stays
// near 0.1, so that nothing overflows or gets denormal; the sum keeps the loop from being left out.
#define DEFINE_CHAINS(NAME, TARGET, LANES, CHAINS)                                                \
  typedef float NAME##_vector __attribute__((ext_vector_type(LANES)));                            \
  TARGET static double NAME(int64_t rounds) {                                                     \
    NAME##_vector x[CHAINS], sum = 0;                                                             \
    const NAME##_vector b = 0.999f, c = 1e-4f;                                                    \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) x[i] = 1e-3f * (i + 1);   \
    for (int64_t round = 0; round < rounds; round++) {                                            \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) x[i] = x[i] * b + c;    \
    }                                                                                             \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) sum += x[i];              \
    kept = sum[0];                                                                                \
    return 2.0 * LANES * CHAINS * (double)rounds;                                                 \
  }

static _Thread_local volatile float kept;

#if defined(__x86_64__)
DEFINE_CHAINS(avx512, __attribute__((target("avx512f"))), 16, 24)
DEFINE_CHAINS(avx2, __attribute__((target("avx2,fma"))), 8, 12)
DEFINE_CHAINS(sse2, , 4, 12)

static int has_avx512(void) { return __builtin_cpu_supports("avx512f"); }
static int has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

const char *peak_instruction_set(void) {
  return has_avx512() ? "avx512" : has_avx2() ? "avx2" : "sse2";
}

double peak_multiply_add(int64_t rounds) {
  return has_avx512() ? avx512(rounds) : has_avx2() ? avx2(rounds) : sse2(rounds);
}
#else
DEFINE_CHAINS(chains, , 4, 24)

const char *peak_instruction_set(void) {
#if defined(__ARM_NEON)
  return "neon";
#else
  return "plain";
#endif
}

double peak_multiply_add(int64_t rounds) { return chains(rounds); }
#endif
