#!/usr/bin/env python3
"""Compares input gradients of ONNX' operators with central differences in double precision.

    Benchmarks/peers/onnx_gradients.py [NAME...]

Takes the models of ONNX' own tests (see onnx_node_tests.py), with a little noise on their inputs, so
that nothing ties; ONNX' reference evaluator computes the differences. Of each model the first and the
last channel of the first output are compared, along a few random directions at each input. (The
evaluator computes Gelu in single precision, whatever it is given: its differences are noise.)
"""

import sys
import tempfile
import warnings

from onnx_cases import Failure, Run, cases, enter_environment

STEP = 1e-6
# What single precision leaves of a slope, relative to that of a gradient of this length.
TOLERANCE = 1e-3
DIRECTIONS = 4
# Slopes below this are rounding: the mean over a whole softmax is constant.
LEAST = 1e-4


def widened(model):
    """The same model computing in double precision."""
    import onnx
    from onnx import numpy_helper

    wide = onnx.ModelProto()
    wide.CopyFrom(model)

    def widen(tensor):
        if tensor.data_type == onnx.TensorProto.FLOAT:
            name = tensor.name
            tensor.CopyFrom(numpy_helper.from_array(
                numpy_helper.to_array(tensor).astype("float64"), name))

    for tensor in wide.graph.initializer:
        # What Resize takes as scales must stay as it is.
        if not any(node.op_type == "Resize" for node in wide.graph.node):
            widen(tensor)
    for node in wide.graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.TENSOR:
                widen(attribute.t)
            if node.op_type == "Cast" and attribute.name == "to" and attribute.i == 1:
                attribute.i = onnx.TensorProto.DOUBLE
    return wide


def check(case, random):
    """The largest error of any slope, relative to what a gradient of its length has."""
    import numpy as np
    from onnx.reference import ReferenceEvaluator

    for name, values in case.inputs.items():
        case.inputs[name] = (values + 0.02 * random.normal(size=values.shape)).astype("float32")
    evaluator = ReferenceEvaluator(widened(case.model))
    names = [value.name for value in case.model.graph.output][:1]
    with tempfile.TemporaryDirectory() as folder:
        run = Run(case, folder)
        layer = run.inspection["outputs"][0]
        shape = next(
            entry["shape"] for entry in run.inspection["layers"] if entry["name"] == layer)
        worst = 0.0
        for channel in sorted({0, shape[0] - 1}):
            def objective(inputs):
                output = evaluator.run(names, inputs)[0]
                return float(np.asarray(output, "float64").reshape(shape)[channel].mean())

            gradients = run.gradient(f"{layer}:{channel}")
            inputs = {name: values.astype("float64") for name, values in case.inputs.items()}
            for index, (name, values) in enumerate(inputs.items()):
                gradient = gradients[index]
                if run.is_transposed(index):
                    gradient = np.moveaxis(gradient, -3, -1)
                gradient = gradient.reshape(-1)
                for _ in range(DIRECTIONS):
                    # Every other element moves, up or down.
                    direction = random.choice([-1.0, 0, 1.0], size=values.size)
                    step = STEP * direction.reshape(values.shape)
                    slope = (objective({**inputs, name: values + step})
                             - objective({**inputs, name: values - step})) / (2 * STEP)
                    scale = max(np.linalg.norm(gradient * direction), abs(slope), LEAST)
                    worst = max(worst, abs(gradient @ direction - slope) / scale)
    return worst


def main():
    import numpy as np

    warnings.simplefilter("ignore")
    asked = set(sys.argv[1:])
    agree, disagree, skipped = 0, [], []
    for case in cases():
        if asked and case.name not in asked or not case.is_single_precision:
            continue
        # Of constants and integers there are no gradients.
        if "unused" in case.inputs or case.expected[0].dtype.kind != "f":
            continue
        try:
            worst = check(case, np.random.default_rng(3))
        except (Failure, IndexError, StopIteration) as failure:
            skipped.append((case.name, str(failure)[:100]))
            continue
        except Exception as error:
            skipped.append((case.name, f"the reference fails: {error}"[:100]))
            continue
        if worst <= TOLERANCE:
            agree += 1
        else:
            disagree.append((case.name, worst))
    for name, reason in skipped:
        print(f"not compared: {name}: {reason}")
    for name, worst in disagree:
        print(f"differs: {name}: off by {worst:.1e}")
    print(f"{agree + len(disagree)} models compared, {agree} agree to {TOLERANCE}, "
          f"{len(disagree)} do not; {len(skipped)} were not compared")


if __name__ == "__main__":
    enter_environment()
    main()
