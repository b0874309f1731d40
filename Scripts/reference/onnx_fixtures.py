"""Writes Tests/Fixtures/models/onnx: small ONNX models with what they compute, and broken ones.

    python Scripts/reference/onnx_fixtures.py Tests/Fixtures/models/onnx

Needs onnx 1.21 and numpy. NAME.json and NAME.f32 have the values of every node of NAME.onnx, by ONNX'
own reference evaluator, under the nodes' names.
"""
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from reference_writer import ReferenceWriter

RANDOM = np.random.default_rng(11)


class Builder:
    """A graph under construction; nodes are named as what they make."""

    def __init__(self, opset=17):
        self.opset = opset
        self.nodes, self.inputs, self.initializers = [], [], []
        self.values = {}
        self.expected = {}

    def input(self, name, shape, values=None, kind=TensorProto.FLOAT):
        self.inputs.append(helper.make_tensor_value_info(name, kind, shape))
        extents = [1 if isinstance(extent, str) else extent for extent in shape]
        self.values[name] = (
            RANDOM.normal(size=extents) if values is None else values).astype("float32")
        return name

    def array(self, *shape, positive=False):
        values = RANDOM.normal(size=shape) * 0.5
        return self.constant(np.abs(values) + 0.1 if positive else values)

    def constant(self, values, dtype="float32"):
        name = f"w{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.asarray(values, dtype=dtype), name))
        return name

    def integers(self, *values):
        return self.constant(np.array(values), "int64")

    def node(self, kind, name, *inputs, outputs=None, **attributes):
        self.nodes.append(helper.make_node(
            kind, list(inputs), outputs or [name], name=name, **attributes))
        return name

    def model(self, *outputs):
        graph = helper.make_graph(
            self.nodes, "small", self.inputs,
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
            self.initializers)
        return helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=8,
            producer_name="onnx_fixtures")


def small(positive=False):
    b = Builder(13)
    x = b.input("map", ["batch", 1, 6, 5])
    y = b.node("Conv", "conv", x, b.array(2, 1, 3, 2), b.array(2))
    y = b.node("Relu", "relu", y)
    y = b.node("MaxPool", "pool", y, kernel_shape=[2, 2], strides=[2, 2])
    y = b.node("Flatten", "flat", y)
    y = b.node("Gemm", "fc", y, b.array(4, 8), b.array(4), transB=1)
    b.node("Softmax", "answer", y)
    return b, ["answer"]


def convolutions():
    b = Builder()
    x = b.input("x", [1, 4, 9, 8])
    y = b.node("Conv", "strided", x, b.array(6, 4, 3, 2), b.array(6), strides=[2, 1],
               pads=[1, 0, 2, 1])
    b.node("Conv", "grouped", y, b.array(6, 3, 2, 2), group=2, dilations=[1, 2])
    b.node("Conv", "upper", x, b.array(2, 4, 4, 3), auto_pad="SAME_UPPER", strides=[2, 2])
    b.node("Conv", "lower", x, b.array(2, 4, 4, 3), auto_pad="SAME_LOWER")
    b.node("ConvTranspose", "wide", x, b.array(4, 2, 3, 3), b.array(2), strides=[2, 3],
           pads=[1, 0, 1, 2], output_padding=[1, 1])
    # The reference evaluator can do no groups and no output_shape here.
    b.node("ConvTranspose", "wide_dilated", x, b.array(4, 1, 2, 3), dilations=[2, 1])
    return b, ["grouped", "upper", "lower", "wide", "wide_dilated"]


def signals():
    """A network on a waveform, with one axis, as exporters write it."""
    b = Builder(15)
    x = b.input("wave", ["batch", 1, 64])
    y = b.node("Conv", "conv_1", x, b.array(4, 1, 5), b.array(4), strides=[2])
    y = b.node("BatchNormalization", "bn_1", y, b.array(4), b.array(4), b.array(4),
               b.array(4, positive=True))
    y = b.node("Relu", "relu_1", y)
    y = b.node("MaxPool", "pool_1", y, kernel_shape=[2], strides=[2])
    z = b.node("Conv", "conv_2", y, b.array(4, 4, 3), b.array(4), pads=[1, 1])
    y = b.node("Add", "residual", z, y)
    y = b.node("AveragePool", "pool_2", y, kernel_shape=[3], strides=[3], ceil_mode=1)
    y = b.node("ConvTranspose", "conv_3", y, b.array(4, 2, 4), strides=[2])
    y = b.node("Mul", "scaled", y, b.array(2, 1))
    y = b.node("GlobalAveragePool", "mean", y)
    y = b.node("Squeeze", "vector", y, b.integers(2))
    b.node("Gemm", "fc", y, b.array(2, 3), alpha=0.5, beta=2.0)
    return b, ["fc"]


def pooling():
    b = Builder(19)
    x = b.input("x", [1, 3, 7, 8])
    b.node("MaxPool", "maximum", x, kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 0])
    b.node("MaxPool", "dilated", x, kernel_shape=[2, 3], dilations=[2, 3])
    b.node("MaxPool", "ceiling", x, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    b.node("AveragePool", "average", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    b.node("AveragePool", "counted", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1],
           count_include_pad=1)
    b.node("AveragePool", "lower", x, kernel_shape=[2, 2], auto_pad="SAME_LOWER")
    b.node("LpPool", "norm", x, kernel_shape=[2, 3], p=3)
    b.node("GlobalMaxPool", "global_maximum", x)
    b.node("GlobalAveragePool", "global_average", x)
    return b, ["maximum", "dilated", "ceiling", "average", "counted", "lower", "norm",
               "global_maximum", "global_average"]


def activations():
    b = Builder(20)
    x = b.input("x", [1, 3, 4])
    p = b.node("Exp", "exp", x)
    for kind in ["Relu", "LeakyRelu", "Elu", "Selu", "Celu", "Gelu", "Sigmoid", "HardSigmoid",
                 "HardSwish", "Mish", "Tanh", "Softplus", "Softsign", "Abs", "Neg", "Identity",
                 "Erf"]:
        b.node(kind, kind.lower(), x)
    b.node("Gelu", "gelu_tanh", x, approximate="tanh")
    b.node("Celu", "celu_2", x, alpha=2.0)
    b.node("Clip", "clip", x, b.constant(-0.5), b.constant(0.8))
    b.node("PRelu", "prelu", x, b.array(3, 1))
    b.node("Sqrt", "sqrt", p)
    b.node("Log", "log", p)
    b.node("Reciprocal", "reciprocal", p)
    b.node("Softmax", "softmax", x, axis=1)
    b.node("LogSoftmax", "logsoftmax", x)
    b.node("Dropout", "dropout", x)
    b.node("Cast", "cast", x, to=TensorProto.FLOAT)
    return b, [node.name for node in b.nodes]


def arithmetic():
    b = Builder(18)
    x, y = b.input("x", [1, 3, 4, 5]), b.input("y", [1, 3, 1, 5])
    p = b.node("Exp", "positive", y)
    for kind in ["Add", "Sub", "Mul", "Div", "Min", "Max", "Sum", "Mean"]:
        b.node(kind, kind.lower(), x, p)
    b.node("Pow", "pow", p, x)
    for kind in ["Add", "Sub", "Mul", "Div", "Max"]:
        b.node(kind, kind.lower() + "_channel", x, b.array(3, 1, 1, positive=True))
        b.node(kind, kind.lower() + "_number", x, b.constant(0.65))
        b.node(kind, kind.lower() + "_first", b.constant(0.7), p)
        b.node(kind, kind.lower() + "_row", b.array(5), p)
    b.node("Pow", "square", x, b.constant(2))
    b.node("MatMul", "matmul", x, b.array(5, 2))
    b.node("Transpose", "turned", p, perm=[0, 1, 3, 2])
    b.node("MatMul", "matmul_two", x, "turned")
    b.node("MatMul", "matmul_left", b.array(2, 4), x)
    for kind in ["ReduceMean", "ReduceMax", "ReduceL2", "ReduceSum"]:
        b.node(kind, kind.lower(), x, b.integers(2, -1), keepdims=0)
        b.node(kind, kind.lower() + "_channels", x, b.integers(1))
    b.node("ReduceMean", "everything", x)
    return b, [node.name for node in b.nodes]


def normalization():
    b = Builder()
    x = b.input("x", [1, 4, 3, 5])
    b.node("BatchNormalization", "batch", x, b.array(4), b.array(4), b.array(4),
           b.array(4, positive=True), epsilon=1e-3)
    b.node("InstanceNormalization", "instance", x, b.array(4), b.array(4))
    b.node("LayerNormalization", "layer", x, b.array(5), b.array(5))
    b.node("LayerNormalization", "layer_2", x, b.array(4, 3, 5), axis=1, epsilon=1e-2)
    b.node("LRN", "lrn", x, size=3, alpha=0.3, beta=0.6, bias=1.2)
    # The reference evaluator counts samples for channels here.
    squares = np.pad(b.values[x].astype("float64") ** 2, [(0, 0), (1, 1), (0, 0), (0, 0)])
    sums = squares[:, :-2] + squares[:, 1:-1] + squares[:, 2:]
    b.expected["lrn"] = b.values[x] / (1.2 + 0.1 * sums) ** 0.6
    # Group normalization as PyTorch exports it.
    y = b.node("Reshape", "grouped", x, b.integers(0, 2, -1))
    y = b.node("InstanceNormalization", "group", y, b.constant([1, 1]), b.constant([0, 0]))
    y = b.node("Reshape", "ungrouped", y, b.node("Shape", "shape", x))
    y = b.node("Mul", "group_scaled", y, b.array(4, 1, 1))
    b.node("Add", "group_shifted", y, b.array(4, 1, 1))
    return b, ["batch", "instance", "layer", "layer_2", "lrn", "group_shifted"]


def shapes():
    b = Builder(18)
    x = b.input("x", ["batch", 4, 3, 5])
    b.node("Flatten", "flatten", x)
    b.node("Flatten", "flatten_2", x, axis=2)
    # Sizes that exporters compute on the way.
    shape = b.node("Shape", "shape", x)
    rows = b.node("Gather", "batch", shape, b.constant(0, "int64"))
    rows = b.node("Unsqueeze", "batch_axis", rows, b.integers(0))
    target = b.node("Concat", "target", rows, b.integers(-1), b.integers(5), axis=0)
    b.node("Reshape", "reshape", x, target)
    b.node("Transpose", "transpose", x, perm=[0, 2, 3, 1])
    b.node("Transpose", "reverse", x)
    b.node("Unsqueeze", "unsqueeze", x, b.integers(1, -1))
    b.node("Slice", "slice", x, b.integers(1, -1), b.integers(4, -2**62), b.integers(1, 3),
           b.integers(2, -2))
    b.node("Gather", "gather", x, b.constant([[3, 0], [-1, 3]], "int64"), axis=1)
    b.node("Gather", "gather_one", x, b.constant(2, "int64"), axis=1)
    b.node("Split", "split", x, b.integers(1, 3), outputs=["split", "split.2"], axis=1)
    b.node("Concat", "concat", "split.2", x, "split", axis=1)
    b.node("Tile", "tile", x, b.integers(1, 2, 1, 3))
    b.node("Expand", "expand", "gather_one", b.integers(1, 2, 3, 5))
    b.node("Pad", "pad", x, b.integers(0, 0, 1, 2, 0, 1, 0, 1), b.constant(0.5))
    b.node("Pad", "reflect", x, b.integers(0, 0, 2, 1, 0, 0, 1, 4), mode="reflect")
    b.node("Pad", "edge", x, b.integers(0, 0, 2, 1, 0, 0, 1, 0), mode="edge")
    b.node("Resize", "nearest", x, "", b.constant([1, 1, 2, 1.6]), mode="nearest",
           coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    b.node("Resize", "linear", x, "", "", b.integers(1, 4, 7, 3), mode="linear")
    b.node("Resize", "corners", x, "", b.constant([1, 1, 2, 2]), mode="linear",
           coordinate_transformation_mode="align_corners")
    ones = b.node("ConstantOfShape", "ones", shape,
                  value=numpy_helper.from_array(np.array([1], dtype="float32")))
    b.node("Add", "plus_one", x, ones)
    return b, ["plus_one"]


def channels_last():
    b = Builder(13)
    x = b.input("x", ["batch", 6, 5, 3])
    y = b.node("Transpose", "to_first", x, perm=[0, 3, 1, 2])
    y = b.node("Conv", "conv", y, b.array(4, 3, 2, 2))
    y = b.node("Transpose", "to_last", y, perm=[0, 2, 3, 1])
    y = b.node("Add", "biased", y, b.array(4))
    y = b.node("Reshape", "flat", y, b.integers(-1, 80))
    b.node("MatMul", "fc", y, b.array(80, 2))
    return b, ["fc"]


def choices():
    b = Builder(18)
    x, y = b.input("x", [1, 3, 4, 5]), b.input("y", [1, 3, 1, 5])
    for kind in ["Greater", "GreaterOrEqual", "Less", "LessOrEqual"]:
        condition = b.node(kind, kind.lower(), x, y)
        b.node("Where", kind.lower() + "_chosen", condition, x, y)
    condition = b.node("Greater", "large", x, b.constant(0.3))
    # Softplus as PyTorch's second exporter writes it.
    z = b.node("Where", "softplus", condition, x, b.node("Softplus", "soft", x))
    z = b.node("Where", "row", b.node("Less", "small", b.array(5), b.constant(0.5)), z, y)
    z = b.node("Mul", "kept", z, b.node("Cast", "mask", condition, to=1))
    return b, [node.name for node in b.nodes if node.op_type in ("Where", "Mul")]


def write_golden(folder, name, builder, outputs):
    model = builder.model(*outputs)
    onnx.save(model, os.path.join(folder, name + ".onnx"))
    everything = onnx.ModelProto()
    everything.CopyFrom(model)
    del everything.graph.output[:]
    for node in model.graph.node:
        everything.graph.output.extend(
            helper.make_tensor_value_info(output, TensorProto.UNDEFINED, None)
            for output in node.output)
    results = ReferenceEvaluator(everything).run(None, builder.values)
    writer = ReferenceWriter(model=name)
    for key, values in builder.values.items():
        writer.add(f"input/{key}", values)
    for output, values in zip(everything.graph.output, results):
        if values.dtype.kind == "f":
            writer.add(
                f"activation/{output.name}", builder.expected.get(output.name, values))
    writer.save(os.path.join(folder, name))


def variant(folder, name, change, model=None):
    """The small model with one thing changed; what `change` gives is written instead."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model or SMALL)
    result = change(copy) or copy
    with open(os.path.join(folder, name + ".onnx"), "wb") as file:
        file.write(result.SerializeToString())


def recast(kind, typed):
    """Every initializer in another kind of numbers, in bytes or in a field of its own."""
    def change(model):
        for tensor in model.graph.initializer:
            values = numpy_helper.to_array(tensor)
            bits = values.view("uint32") >> 16
            new = TensorProto(name=tensor.name, dims=tensor.dims, data_type=kind)
            if kind == TensorProto.FLOAT and not typed:
                new.raw_data = values.astype("<f4").tobytes()
            elif kind == TensorProto.DOUBLE and typed:
                new.double_data.extend(values.astype("float64").reshape(-1))
            elif kind == TensorProto.DOUBLE:
                new.raw_data = values.astype("<f8").tobytes()
            elif kind == TensorProto.FLOAT and typed:
                new.float_data.extend(values.reshape(-1))
            elif typed:
                new.int32_data.extend(
                    (values.astype("float16").view("uint16") if kind == TensorProto.FLOAT16
                     else bits.astype("uint16")).reshape(-1).tolist())
            elif kind == TensorProto.FLOAT16:
                new.raw_data = values.astype("<f2").tobytes()
            else:
                new.raw_data = bits.astype("<u2").tobytes()
            tensor.CopyFrom(new)
    return change


def external(location, offset="0", length=None):
    def change(model):
        tensor = model.graph.initializer[2]
        count = len(tensor.raw_data)
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in [("location", location), ("offset", offset),
                           ("length", str(count) if length is None else length)]:
            tensor.external_data.add(key=key, value=value)
    return change


def nested(depth):
    graph = helper.make_graph([], "inner", [], [])
    for _ in range(depth):
        graph = helper.make_graph(
            [helper.make_node("If", ["c"], ["y"], then_branch=graph)], "outer", [], [])
    return graph


def bytes_of_nested(depth):
    """Nested graphs as bytes: protobuf's own writer may refuse so many."""
    def field(number, payload):
        length, head = len(payload), bytearray([number << 3 | 2])
        while length > 127:
            head.append(length & 127 | 128)
            length >>= 7
        return bytes(head) + bytes([length]) + payload
    graph = b""
    for _ in range(depth):
        # graph.node (1), node.attribute (5), attribute.g (6)
        graph = field(1, field(5, field(6, graph)))
    return b"\x08\x08" + field(7, graph) + field(8, b"\x10\x0d")


def write_broken(folder):
    def set_attribute(model, node, attribute):
        kept = [a for a in model.graph.node[node].attribute if a.name != attribute.name]
        del model.graph.node[node].attribute[:]
        model.graph.node[node].attribute.extend(kept + [attribute])

    def change(function):
        return lambda model: function(model) and None

    def put(name, function, model=None):
        variant(folder, name, change(function), model)

    put("cycle", lambda m: m.graph.node[0].input.__setitem__(0, "answer"))
    put("missing_input", lambda m: m.graph.node[1].input.__setitem__(0, "nobody"))
    put("twice", lambda m: m.graph.node[1].output.__setitem__(0, "conv"))
    put("negative_extent", lambda m: m.graph.initializer[0].dims.__setitem__(0, -2))
    put("huge_weights", lambda m: m.graph.initializer[0].dims.__setitem__(0, 2**60))
    put("huge_product", lambda m: m.graph.initializer[0].dims.extend([2**30, 2**30]))
    put("short_weights", lambda m: m.graph.initializer[2].dims.__setitem__(0, 5))
    put("zero_weights", lambda m: m.graph.initializer.__getitem__(0).CopyFrom(
        numpy_helper.from_array(np.zeros((2, 1, 0, 2), "float32"), "w0")))
    put("huge_input", lambda m: setattr(
        m.graph.input[0].type.tensor_type.shape.dim[2], "dim_value", 2**60))
    put("huge_map", lambda m: setattr(
        m.graph.input[0].type.tensor_type.shape.dim[2], "dim_value", 2**29))
    put("negative_input", lambda m: setattr(
        m.graph.input[0].type.tensor_type.shape.dim[2], "dim_value", -6))
    put("open_input", lambda m: setattr(
        m.graph.input[0].type.tensor_type.shape.dim[3], "dim_param", "frames"))
    put("shapeless_input", lambda m: m.graph.input[0].type.tensor_type.ClearField("shape"))
    put("integer_input", lambda m: setattr(m.graph.input[0].type.tensor_type, "elem_type", 7))
    put("wrong_attribute", lambda m: set_attribute(
        m, 2, helper.make_attribute("kernel_shape", 2.5)))
    put("wrong_count", lambda m: set_attribute(m, 2, helper.make_attribute("strides", [1, 1, 1])))
    put("zero_stride", lambda m: set_attribute(m, 2, helper.make_attribute("strides", [0, 1])))
    put("huge_stride", lambda m: set_attribute(
        m, 2, helper.make_attribute("strides", [2**62, 1])))
    put("huge_pads", lambda m: set_attribute(
        m, 2, helper.make_attribute("pads", [2**62, 0, 2**62, 0])))
    put("no_kernel", lambda m: m.graph.node[2].attribute.__delitem__(0))
    put("wrong_group", lambda m: set_attribute(m, 0, helper.make_attribute("group", 3)))
    put("wrong_axis", lambda m: set_attribute(m, 5, helper.make_attribute("axis", 9)))
    put("wrong_bias", lambda m: m.graph.node[0].input.__setitem__(2, "w3"))
    put("no_weights", lambda m: m.graph.node[0].input.__delitem__(slice(1, 3)))
    put("no_output", lambda m: setattr(m.graph.output[0], "name", "nobody"))
    put("no_graph", lambda m: m.ClearField("graph"))
    put("no_operators", lambda m: m.opset_import.__delitem__(0))
    put("old_operators", lambda m: setattr(m.opset_import[0], "version", 6))
    put("text_weights", lambda m: m.graph.initializer[0].CopyFrom(
        helper.make_tensor("w0", TensorProto.STRING, [1], [b"x"])))

    def not_finite(model):
        values = numpy_helper.to_array(model.graph.initializer[2]).copy()
        values[0, :2] = [np.nan, np.inf]
        model.graph.initializer[2].CopyFrom(numpy_helper.from_array(values, "w2"))
    put("not_finite", not_finite)

    def unsupported(model):
        model.graph.node[2].op_type = "Blur"
    put("unsupported", unsupported)

    def foreign(model):
        model.graph.node[4].domain = "com.microsoft"
    put("foreign_domain", foreign)

    put("external", external("weights/small.bin", "16"))
    for name, location in [("external_up", "../small.bin"), ("external_absolute", "/etc/passwd"),
                           ("external_inner_up", "weights/../../small.bin"),
                           ("external_nothing", ""), ("external_missing", "nobody.bin"),
                           ("external_folder", "weights")]:
        put(name, external(location))
    put("external_short", external("weights/small.bin", "100"))
    put("external_offset", external("weights/small.bin", str(2**63 - 1)))
    put("external_negative", external("weights/small.bin", "-4"))
    put("external_length", external("weights/small.bin", "16", "7"))
    os.makedirs(os.path.join(folder, "weights"), exist_ok=True)
    with open(os.path.join(folder, "weights/small.bin"), "wb") as file:
        file.write(bytes(16) + SMALL.graph.initializer[2].raw_data)

    for kind in ["FLOAT", "FLOAT16", "BFLOAT16", "DOUBLE"]:
        for typed in [False, True]:
            name = kind.lower() + ("_typed" if typed else "_raw")
            put(name, recast(getattr(TensorProto, kind), typed))

    def bomb(*steps):
        b = Builder(13)
        x = b.input("x", [1, 2])
        for index, (kind, *integers) in enumerate(steps):
            x = b.node(kind, f"n{index}", x, b.integers(*integers))
        return b.model(x)

    for name, model in [
        ("expand_bomb", bomb(("Expand", 2**40, 2))),
        ("tile_bomb", bomb(("Tile", 2**31, 2**31))),
        ("reshape_bomb", bomb(("Reshape", 2**40, 2**40))),
        ("pad_bomb", bomb(("Pad", 0, 2**62, 0, 2**62))),
    ]:
        put(name, lambda m: None, model)
    b = Builder(13)
    x = b.input("x", [1, 2])
    y = b.node("ConstantOfShape", "zeros", b.integers(2**14, 2**15))
    put("constant_bomb", lambda m: None, b.model(b.node("Add", "sum", x, y)))
    b = Builder(13)
    x = b.input("x", [1, 2])
    wide, kernel = [
        b.node("ConstantOfShape", name, b.integers(1, 1, 1, width))
        for name, width in [("wide", 2**22), ("kernel", 2**20)]
    ]
    b.node("Conv", "conv", wide, kernel)
    put("constant_work", lambda m: None, b.model(b.node("Relu", "relu", x)))
    with open(os.path.join(folder, "deep.onnx"), "wb") as file:
        file.write(bytes_of_nested(300))


def main(folder):
    global SMALL
    os.makedirs(folder, exist_ok=True)
    builder, outputs = small()
    SMALL = builder.model(*outputs)
    write_golden(folder, "small", builder, outputs)
    for function in [convolutions, signals, pooling, activations, arithmetic, normalization, shapes,
                     channels_last]:
        write_golden(folder, function.__name__, *function())
    write_broken(folder)
    # Behind the others, whose random numbers stay as they were.
    write_golden(folder, "choices", *choices())


if __name__ == "__main__":
    main(sys.argv[1])
