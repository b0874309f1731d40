// All kernels of one instruction set, compiled for the target that the including file pushed.
#pragma once

#include "tono_blocks.h"
#include "tono_canvas_steps.h"
#include "tono_channel.h"
#include "tono_multiply.h"
#include "tono_scatter.h"
#include "tono_weight_gradients.h"
#include "tono_winograd.h"

#define TONO_STRING_(x) #x
#define TONO_STRING(x) TONO_STRING_(x)
#define TONO_JOIN_(a, b) a##b
#define TONO_JOIN(a, b) TONO_JOIN_(a, b)

static const tono_training_kernels tono_training = {
    .winograd_map = tono_winograd_map,
    .moments = tono_moments,
    .pool = tono_pool,
    .normalize = tono_normalize,
    .rectify_gradient = tono_rectify_gradient,
    .spread = tono_spread,
    .winograd_adjoint = tono_winograd_adjoint,
    .patch_sums = tono_patch_sums,
    .patch_products = tono_patch_products,
};

const tono_kernel_set TONO_JOIN(tono_set_, TONO_SET) = {
    .name = TONO_STRING(TONO_SET),
    .convolve = tono_convolve,
    .winograd = tono_winograd,
    .scatter = tono_scatter,
    .scatter_table = tono_scatter_table,
    .convolve_channel = tono_convolve_channel,
    .scatter_channel = tono_scatter_channel,
    .multiply = tono_multiply,
    .canvas = TONO_CANVAS_KERNELS,
    .training = &tono_training,
};
