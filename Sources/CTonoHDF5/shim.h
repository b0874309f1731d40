// The signatures of HDF5 1.10, also under 1.12 and 1.14.
#define H5_USE_110_API 1
#include <hdf5.h>

// These constants are macros that call H5open(), which Swift cannot import.
static inline unsigned tono_hdf5_read_only(void) { return H5F_ACC_RDONLY; }
static inline hid_t tono_hdf5_native_float(void) { return H5T_NATIVE_FLOAT; }

// Macros with a cast, which Swift cannot import either.
static inline hid_t tono_hdf5_default_error_stack(void) { return H5E_DEFAULT; }
static inline hid_t tono_hdf5_default_properties(void) { return H5P_DEFAULT; }
static inline hid_t tono_hdf5_whole_space(void) { return H5S_ALL; }
