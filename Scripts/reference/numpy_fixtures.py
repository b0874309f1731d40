"""Writes Tests/Fixtures/numpy: arrays as NumPy itself writes them.

    python Scripts/reference/numpy_fixtures.py Tests/Fixtures/numpy

Unless the name says otherwise an array holds 0, 1, 2, ... in the order of its indices.
"""
import os
import sys
import warnings

import numpy as np

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)


def at(name):
    return os.path.join(folder, name)


def counting(*shape, dtype="<f4"):
    return np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)


np.save(at("scalar.npy"), counting(dtype="<f4"))
np.save(at("empty.npy"), counting(0, 3))
np.save(at("vector.npy"), counting(5))
np.save(at("matrix.npy"), counting(3, 4))
np.save(at("cube.npy"), counting(2, 3, 4))
np.save(at("column_major.npy"), np.asfortranarray(counting(2, 3, 4)))
for code in ("<f2", ">f2", "<f8", ">f4", ">f8", "<i2", ">i2", "<i4", ">i4", "<i8", "<u2", "<u4", ">u8", "|u1", "|i1"):
    np.save(at(f"type_{code[1:]}{'_big' if code[0] == '>' else ''}.npy"), counting(2, 3, dtype=code))
np.save(at("type_b1.npy"), np.array([[False, True, False], [True, True, False]]))
np.save(at("half.npy"), np.array([0, -0.0, 1, -2.5, 65504, 6e-8, 6.1e-5, np.inf, -np.inf, np.nan], "<f2"))
np.save(at("negative_i8.npy"), np.array([-1, -(1 << 40)], "<i8"))
np.save(at("refused_object.npy"), np.array([{"a": 1}, None], dtype=object), allow_pickle=True)
np.save(at("refused_complex.npy"), np.array([1j], "<c8"))
np.save(at("refused_record.npy"), np.array([(1, 2)], dtype=[("a", "<f4"), ("b", "<i4")]))
np.save(at("refused_text.npy"), np.array(["abc"]))
for version in ((2, 0), (3, 0)):
    with open(at(f"version_{version[0]}.npy"), "wb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        np.lib.format.write_array(file, counting(2, 3), version=version)
arrays = {"imi_input_a": counting(2, 3), "ref/input b": counting(2, 2, 2, dtype="<f8"), "größe": counting(1)}
np.savez(at("stored.npz"), **arrays)
np.savez_compressed(at("deflated.npz"), **arrays)
