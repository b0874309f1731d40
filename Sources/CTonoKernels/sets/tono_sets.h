// The sets that are compiled for this kind of processor.
#pragma once

#include "tono_training.h"

extern const tono_kernel_set tono_set_scalar;
#if defined(__x86_64__)
extern const tono_kernel_set tono_set_baseline, tono_set_avx2, tono_set_avx512;
#elif defined(__aarch64__)
extern const tono_kernel_set tono_set_neon;
#endif

