#pragma once

/// Whether the HDF5 library survives reading everything in a file of `byte_count` bytes.
///
/// The library crashes or runs forever on some damaged files. So a child process reads the file
/// first: all links, text attributes and datasets, as the caller would. Errors that the library
/// reports are no concern here; a crash, or computing for more than 1 s and 1 s per 16 MB, is.
///
/// The caller must hold its lock on the library. Where no child can be made, the answer is yes.
int tono_hdf5_survives(const char *path, long long byte_count);
