"""ONNX' own tests of its operators, prepared for the tool: a model file, inputs, expected outputs.

A tool that maximizes neurons takes weights, shapes and axes from the file and floating-point inputs
alone. So what a test feeds as such (the kernel of Conv, the axes of ReduceSum) becomes an
initializer; every operand of arithmetic stays an input.
"""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / ".build/release/tonoscope"
# The last release whose wheel has the tests as files.
VERSION = "1.21.0"

OPERATORS = set("""
Conv ConvTranspose BatchNormalization InstanceNormalization LayerNormalization LRN Relu LeakyRelu PRelu
Elu Selu Celu Gelu Sigmoid HardSigmoid HardSwish Mish Tanh Softplus Softsign Clip Softmax LogSoftmax
MaxPool AveragePool GlobalAveragePool GlobalMaxPool LpPool Gemm MatMul Add Sub Mul Div Pow Sqrt Exp Log
Abs Neg Min Max Sum Mean ReduceMean ReduceMax ReduceSum ReduceL2 Concat Split Slice Gather Flatten
Reshape Transpose Squeeze Unsqueeze Expand Tile Pad Resize Identity Dropout Cast Constant
ConstantOfShape Shape
""".split())

# Those all of whose inputs may be computed by other layers.
ARITHMETIC = set("Add Sub Mul Div Pow Min Max Sum Mean MatMul Gemm Concat PRelu".split())

# What the tool takes as Float32, and the integers whose constants it computes with.
FLOATING = {"float16", "bfloat16", "float32", "float64"}
INTEGERS = {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)} | {"bool"}


def enter_environment():
    """Runs the script again in a virtual environment that has ONNX, made where there is none."""
    folder = ROOT / ".build/onnx-environment"
    python = folder / "bin/python"
    if Path(sys.prefix) == folder:
        return
    if not python.exists():
        venv.create(folder, with_pip=True)
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", f"onnx=={VERSION}", "numpy>=2"], check=True)
    os.execv(python, [python, *sys.argv])


class Case:
    """One test: its bound model, the inputs left, and what must come out."""

    def __init__(self, folder):
        import numpy
        import onnx
        from onnx import numpy_helper

        self.name = folder.name
        self.model = onnx.load(folder / "model.onnx")
        graph = self.model.graph
        self.operators = {node.op_type for node in graph.node}
        self.domains = {node.domain for node in graph.node}
        self.kinds = {value.type.WhichOneof("value") for value in [*graph.input, *graph.output]}
        if not self.is_relevant or self.kinds != {"tensor_type"}:
            return
        data = folder / "test_data_set_0"

        def array(path):
            tensor = onnx.TensorProto()
            tensor.ParseFromString(path.read_bytes())
            return numpy_helper.to_array(tensor)

        given = [array(data / f"input_{i}.pb") for i in range(len(graph.input))]
        self.expected = [array(data / f"output_{i}.pb") for i in range(len(graph.output))]
        self.elements = {array.dtype.name for array in given if array.dtype.kind in "fV"}
        self.all_elements = {array.dtype.name for array in [*given, *self.expected]}
        self.elements |= {array.dtype.name for array in self.expected}
        self.inputs = {}
        parameters = self.parameters(graph)
        kept = []
        read = {name for node in graph.node for name in node.input}
        for value, values in zip(graph.input, given):
            if value.name not in read:
                continue
            if value.name in parameters or values.dtype.name not in FLOATING:
                graph.initializer.append(numpy_helper.from_array(values, value.name))
            else:
                kept.append(value)
                self.inputs[value.name] = values
        if not kept:
            # The tool needs an input, if only to know how many samples there are.
            name = "unused"
            kept = [onnx.helper.make_tensor_value_info(name, 1, [1])]
            self.inputs[name] = numpy.zeros(1, dtype="float32")
        del graph.input[:]
        graph.input.extend(kept)

    @property
    def is_relevant(self):
        return self.operators <= OPERATORS and self.domains <= {"", "ai.onnx"}

    @property
    def is_single_precision(self):
        return (
            self.kinds == {"tensor_type"} and "float32" in self.elements
            and self.elements <= {"float32", "int64"})

    @property
    def group(self):
        """Which numbers the test is about."""
        if self.kinds != {"tensor_type"}:
            return "sequences and optional values"
        if self.is_single_precision:
            return "single precision"
        if self.all_elements & FLOATING and self.all_elements <= FLOATING | {"int64"}:
            return "half, brain and double precision"
        if self.all_elements <= FLOATING | INTEGERS:
            return "integers and truth values"
        return "numbers of 2, 4 and 8 bits"

    @staticmethod
    def parameters(graph):
        """The inputs that some node takes as a setting."""
        return {
            name for node in graph.node if node.op_type not in ARITHMETIC
            for name in node.input[1:]}


def cases():
    """All tests of the operators, in the order of their names."""
    import onnx

    folder = Path(onnx.__file__).parent / "backend/test/data/node"
    for path in sorted(folder.iterdir()):
        case = Case(path)
        if case.is_relevant:
            yield case


class Failure(Exception):
    """Why the tool does not pass."""


class Run:
    """The tool on one case, in a folder of its own."""

    def __init__(self, case, folder):
        import numpy as np
        import onnx

        self.case = case
        self.folder = Path(folder)
        self.model = self.folder / "model.onnx"
        onnx.save(case.model, self.model)
        self.inspection = self.inspect(self.model)
        names = [entry["name"] for entry in self.inspection["inputs"]]
        if len(names) != len(case.inputs):
            raise Failure(f"takes the inputs {names} of {list(case.inputs)}")
        self.flags = []
        for index, (name, entry) in enumerate(zip(names, self.inspection["inputs"])):
            values = list(case.inputs.values())[index]
            path = self.folder / f"{index}.npy"
            values = np.asarray(values, dtype="float32")
            if self.is_transposed(index):
                # The network takes maps channels-first that the file takes channels-last.
                values = np.moveaxis(values, -1, -3)
            if values.size != np.prod(entry["shape"]):
                raise Failure(f"takes {entry['shape']} as the shape of {values.shape}")
            np.save(path, values.reshape(entry["shape"]))
            self.flags += ["--input", f"{name}={path}"]

    def is_transposed(self, index):
        """Whether all that the model does with an input is to bring its channels to the front."""
        name = list(self.case.inputs)[index]
        readers = [node for node in self.case.model.graph.node if name in node.input]
        shape = self.case.inputs[name].shape
        return len(shape) == 4 and shape[0] == 1 and bool(readers) and all(
            node.op_type == "Transpose"
            and any(list(attribute.ints) == [0, 3, 1, 2] for attribute in node.attribute)
            for node in readers)

    def tool(self, *arguments):
        result = subprocess.run(
            [TOOL, *map(str, arguments)], capture_output=True, text=True)
        if result.returncode != 0:
            error = result.stderr.strip().splitlines()
            raise Failure(
                f"status {result.returncode}: {error[-1] if error else ''}".replace(
                    str(self.model), "model"))
        return result.stdout

    def inspect(self, model):
        """What the tool says about a model."""
        return json.loads(self.tool("inspect", model, "--json"))

    def converted(self):
        """The model in the tool's own format; it must have the same layers."""
        path = self.folder / "model.safetensors"
        self.tool("convert", self.model, path)
        layers, others = self.inspection["layers"], self.inspect(path)["layers"]
        keys = ("name", "kind", "shape", "parameters")
        if [[one.get(key) for key in keys] for one in layers] != [
                [one.get(key) for key in keys] for one in others]:
            raise Failure("has other layers when it is converted")
        return path

    def outputs(self, model=None):
        """The arrays of the graph's outputs; those of another file of the same model, if given."""
        import numpy as np

        layers = self.inspection["outputs"]
        path = self.folder / "out.npz"
        self.tool(
            "activations", model or self.model, *self.flags, "--layers", ",".join(layers), "--out", path)
        arrays = np.load(path)
        return [arrays[layer] for layer in layers]

    def gradient(self, neuron):
        """The gradient of a neuron with respect to each input, in the inputs' order."""
        import numpy as np

        path = self.folder / "gradient.npz"
        self.tool("gradient", self.model, neuron, *self.flags, "--out", path)
        arrays = np.load(path)
        return [arrays[entry["name"]] for entry in self.inspection["inputs"]]
