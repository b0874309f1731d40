// The table of a set's kernels, under the names that all sets give them.
#pragma once

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
    .rectified_sums = tono_rectified_sums,
    .canvas =
        {
            .sum = tono_sum_floats,
            .sum_squares = tono_sum_squares,
            .sum_products = tono_sum_products,
            .paint = tono_paint,
            .adjoint = tono_adjoint,
            .penalize = tono_penalize,
            .vary = tono_vary,
            .adam = tono_adam_step,
        },
    .sound =
        {
            .weave = tono_weave,
            .unweave = tono_unweave,
            .powers = tono_powers,
            .pull_powers = tono_pull_powers,
            .multiply_rows = tono_multiply_rows,
            .amplify = tono_amplify,
            .levels = tono_levels,
            .pull_levels = tono_pull_levels,
            .bend = tono_bend_cells,
            .multiply = tono_multiply_floats,
        },
    .training = &tono_training,
};
