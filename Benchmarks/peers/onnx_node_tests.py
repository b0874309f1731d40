#!/usr/bin/env python3
"""Runs ONNX' own tests of the operators through the tool, and says which pass.

    Benchmarks/peers/onnx_node_tests.py [NAME...]

Installs ONNX into a virtual environment below .build; needs `swift build -c release`. Outputs are
compared as ONNX compares them, to a thousandth and 10⁻⁷; those of brain floats, which have eight bits,
to a hundredth. A model that passes is also converted to the tool's own format, which must give outputs
of the same bits.

Other numbers than Float32 are what the tool reads them as: floating-point inputs Float32, integers
constants. Numbers of 2, 4 and 8 bits and sequences of tensors are not run.
"""

import collections
import sys
import tempfile

from onnx_cases import Failure, Run, cases, enter_environment

NOT_RUN = {"numbers of 2, 4 and 8 bits", "sequences and optional values"}


def check(case):
    """The reason why a test does not pass or None, and the same for its conversion."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            run = Run(case, folder)
            outputs = run.outputs()
        except Failure as failure:
            return str(failure), None
        reason = mismatch(case, outputs)
        return reason, None if reason else conversion(run, outputs)


def mismatch(case, outputs):
    """How outputs differ from what is expected, or None."""
    import numpy as np

    if len(outputs) != len(case.expected):
        return f"{len(outputs)} of {len(case.expected)} outputs"
    tolerance = 1e-2 if "bfloat16" in case.all_elements else 1e-3
    for output, expected in zip(outputs, case.expected):
        if output.size != expected.size:
            return f"{output.size} numbers; expected {expected.size}"
        try:
            np.testing.assert_allclose(
                output.reshape(expected.shape), expected.astype("float64"), rtol=tolerance,
                atol=1e-7)
        except AssertionError as error:
            return " ".join(str(error).split())[:160]
    return None


def conversion(run, outputs):
    """How the converted model differs, or None."""
    try:
        others = run.outputs(run.converted())
    except Failure as failure:
        return str(failure)
    for one, other in zip(outputs, others):
        if one.shape != other.shape or one.tobytes() != other.tobytes():
            return "other bits"
    return None


def main():
    asked = set(sys.argv[1:])
    groups = collections.defaultdict(collections.Counter)
    failures = []
    for case in cases():
        if asked and case.name not in asked:
            continue
        counts = groups[case.group]
        counts["all"] += 1
        if case.group in NOT_RUN:
            continue
        reason, loss = check(case)
        counts["passed"] += reason is None
        counts["converted"] += reason is None and loss is None
        if reason or loss:
            failures.append((case.name, reason or f"converted: {loss}"))
    for name, reason in failures:
        print(f"{name}: {reason}")
    for group, counts in sorted(groups.items()):
        result = "not run" if group in NOT_RUN else (
            f"{counts['passed']} pass, {counts['converted']} of them converted to the same bits")
        print(f"{group}: {counts['all']} tests, {result}")


if __name__ == "__main__":
    enter_environment()
    main()
