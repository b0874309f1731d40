#ifndef TONOBENCH_PEAK_H
#define TONOBENCH_PEAK_H

#include <stdint.h>

// How fast this processor multiplies and adds 32-bit floats, with nothing to wait for.

// The widest set of vector instructions that it runs: avx512, avx2, sse2, neon or plain.
const char *_Nonnull peak_instruction_set(void);

// Multiplies and adds in independent chains of vector registers, `rounds` times.
// Returns how many floating-point operations that were, two for each multiply-add.
double peak_multiply_add(int64_t rounds);

#endif
