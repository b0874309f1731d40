"""Reference arrays: NAME.f32 (little-endian float32, row-major, one after another) and its index NAME.json.

Every array has float64 checksums; its `offset` counts floats from the start of the blob.
"""
import json
import os

import numpy as np


class ReferenceWriter:
    """Collects named arrays, then writes both files."""

    def __init__(self, **facts):
        self.index = dict(facts)
        self.arrays = []
        self.blob = []
        self.count = 0

    def add(self, name, array, **facts):
        array = np.asarray(array, dtype=np.float64)
        self.arrays.append(dict(
            name=name, shape=list(array.shape), sum=float(array.sum()),
            abs_sum=float(np.abs(array).sum()), sum_sq=float((array * array).sum()),
            min=float(array.min()), max=float(array.max()), offset=self.count, **facts))
        self.blob.append(array.reshape(-1).astype("<f4"))
        self.count += array.size

    def save(self, path):
        np.concatenate(self.blob).tofile(path + ".f32")
        rows = ",\n  ".join(json.dumps(row) for row in self.arrays)
        head = json.dumps(dict(self.index, blob=os.path.basename(path) + ".f32"))
        with open(path + ".json", "w") as file:
            file.write(head[:-1] + ',\n "arrays": [\n  ' + rows + "\n]}\n")
