#ifndef TONO_KERNELS_H
#define TONO_KERNELS_H
#endif
