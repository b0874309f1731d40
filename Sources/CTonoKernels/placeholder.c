#include "tono_kernels.h"
