"""Writes Sources/TonoRender/ColormapTables.swift: the 256 entries of each colour map.

The tables are matplotlib's: magma, inferno, plasma and viridis (van der Walt & Smith, 2015, CC0),
cividis (Nunez, Anderton & Renslow, 2018, CC0), gray, and coolwarm (Moreland, 2009).

Usage: python3 Scripts/reference/colormaps.py > Sources/TonoRender/ColormapTables.swift
"""

import matplotlib
import numpy as np

TABLES = {  # our name: matplotlib's name
    "magma": "magma",
    "viridis": "viridis",
    "inferno": "inferno",
    "plasma": "plasma",
    "cividis": "cividis",
    "grey": "gray",
    "coolwarm": "coolwarm",
}
PER_LINE = 9

print("// Written by Scripts/reference/colormaps.py from matplotlib's tables: do not edit.")
print()
print("/// The 256 entries of each colour map, `0xRRGGBB`, lowest value first.")
print("enum ColormapTables {")
for index, (ours, theirs) in enumerate(TABLES.items()):
    table = matplotlib.colormaps[theirs](np.arange(256))[:, :3]
    red, green, blue = np.round(table * 255).astype(int).T
    entries = [f"0x{value:06X}" for value in (red << 16 | green << 8 | blue)]
    if index:
        print()
    print(f"  static let {ours}: [UInt32] = [")
    for start in range(0, 256, PER_LINE):
        print("    " + ", ".join(entries[start : start + PER_LINE]) + ",")
    print("  ]")
print("}")
