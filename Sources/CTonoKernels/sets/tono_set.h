// All kernels of one instruction set, compiled for the target that the including file pushed.
#pragma once

#include "tono_blocks.h"
#include "tono_canvas_steps.h"
#include "tono_channel.h"
#include "tono_multiply.h"
#include "tono_rectified.h"
#include "tono_scatter.h"
#include "tono_sound_steps.h"
#include "tono_weight_gradients.h"
#include "tono_winograd.h"
#include "tono_table.h"
