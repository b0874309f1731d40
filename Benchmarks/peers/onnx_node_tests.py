#!/usr/bin/env python3
"""Runs ONNX' own tests of the operators through the tool, and says which pass.

    Benchmarks/peers/onnx_node_tests.py [NAME...]

Installs ONNX into a virtual environment below .build; needs `swift build -c release`. Outputs are
compared as ONNX compares them: to a thousandth, and 10⁻⁷.
"""

import collections
import sys
import tempfile

from onnx_cases import Failure, Run, cases, enter_environment


def check(case):
    """The reason why a test does not pass, or None."""
    import numpy as np

    with tempfile.TemporaryDirectory() as folder:
        try:
            outputs = Run(case, folder).outputs()
        except Failure as failure:
            return str(failure)
    if len(outputs) != len(case.expected):
        return f"{len(outputs)} of {len(case.expected)} outputs"
    for output, expected in zip(outputs, case.expected):
        if output.size != expected.size:
            return f"{output.size} numbers; expected {expected.size}"
        try:
            np.testing.assert_allclose(
                output.reshape(expected.shape), expected.astype("float64"), rtol=1e-3, atol=1e-7)
        except AssertionError as error:
            return " ".join(str(error).split())[:160]
    return None


def main():
    asked = set(sys.argv[1:])
    counts = collections.Counter()
    failures = []
    for case in cases():
        if asked and case.name not in asked:
            continue
        if not case.is_single_precision:
            counts["other kinds of elements"] += 1
            continue
        reason = check(case)
        counts["passed" if reason is None else "failed"] += 1
        if reason is not None:
            failures.append((case.name, reason))
    for name, reason in failures:
        print(f"{name}: {reason}")
    total = counts["passed"] + counts["failed"]
    print(f"{total} single-precision tests, {counts['passed']} pass, {counts['failed']} do not; "
          f"{counts['other kinds of elements']} of other kinds of elements were not run")


if __name__ == "__main__":
    enter_environment()
    main()
