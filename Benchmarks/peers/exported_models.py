#!/usr/bin/env python3
"""Exports audio networks to ONNX as people do, and compares what the tool makes of them.

    Benchmarks/peers/exported_models.py [--only TEXT] [--keep FOLDER]

Needs `swift build -c release`, and a Python environment with torch, onnx, onnxscript and onnxruntime; with
keras and tf2onnx models of Keras are exported too. The networks of exported_networks.py are exported by
both exporters of PyTorch, with a batch axis that is fixed or open, some with an open axis of time. For
each:

- the activations of every layer that the file has under the same name, against ONNX Runtime: the largest
  difference, relative to the layer's root mean square;
- the gradient of one element or channel of the first output, against PyTorch's;
- the model converted to the tool's own format: activations and gradient of the same bits.
"""

import argparse
import contextlib
import io
import json
import logging
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / ".build/release/tonoscope"
# What single precision leaves, relative to a layer's or a gradient's root mean square.
ACTIVATION = 1e-4
GRADIENT = 1e-3


class Failure(Exception):
    """Why a model does not work."""


def tool(*arguments):
    result = subprocess.run([TOOL, *map(str, arguments)], capture_output=True, text=True)
    if result.returncode != 0:
        raise Failure(result.stderr.strip().splitlines()[-1][:300])
    return result


class Exported:
    """A model in a file, with an input, and the gradient that its framework computes."""

    def __init__(self, name, how, path, values, gradient):
        self.name, self.how, self.path = name, how, Path(path)
        self.values = values
        # A function of the element or channel of the first output.
        self.gradient = gradient


def torch_models(folder, only):
    """Every network in every way of exporting it."""
    import torch
    from exported_networks import NETWORKS, TIME_AXES

    for index, (name, (make, shape)) in enumerate(NETWORKS.items()):
        if only and only not in name:
            continue
        torch.manual_seed(index)
        network = make().eval()
        for module in network.modules():
            # Statistics as if they had been trained.
            if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
                module.running_mean.normal_(0, 0.2)
                module.running_var.uniform_(0.5, 2)
                torch.nn.init.uniform_(module.weight, 0.5, 1.5)
        values = torch.randn(shape)

        def gradient(channel, network=network, values=values):
            x = values.clone().requires_grad_()
            output = network(x)
            output = output[0] if isinstance(output, tuple) else output
            output[0, channel].mean().backward()
            return x.grad.numpy()

        ways = [("batch 1", None), ("open batch", {0: "batch"})]
        if name in TIME_AXES:
            ways.append(("open batch and time", {0: "batch", TIME_AXES[name]: "time"}))
        for dynamo in (False, True):
            for way, axes in ways:
                how = f"{'dynamo' if dynamo else 'TorchScript'}, {way}"
                path = folder / f"{index}-{int(dynamo)}-{len(axes or {})}.onnx"
                try:
                    export(network, values, path, dynamo, axes)
                except Exception as error:
                    yield name, how, f"PyTorch cannot export it: {str(error).splitlines()[0][:120]}"
                    continue
                yield name, how, Exported(name, how, path, values.numpy(), gradient)


def export(network, values, path, dynamo, axes):
    import torch

    settings = {}
    if dynamo and axes:
        dims = {axis: torch.export.Dim.DYNAMIC for axis in axes}
        settings["dynamic_shapes"] = (dims,)
        # An axis of one sample would be taken for a fixed one.
        values = torch.cat([values, values])
    elif axes:
        settings["dynamic_axes"] = {"x": axes}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        torch.onnx.export(
            network, (values,), path, dynamo=dynamo, input_names=["x"], **settings)


def keras_models(folder, only):
    """Keras models through tf2onnx, if it is there."""
    try:
        import os
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        import tensorflow as tf
        import tf2onnx
    except ImportError as error:
        print(f"no models of Keras: {error}", file=sys.stderr)
        return
    layers = tf.keras.layers

    def network():
        x = start = layers.Input((48, 64, 1), name="x")
        for width in (8, 16):
            y = layers.SeparableConv2D(width, 3, padding="same", use_bias=False)(x)
            y = layers.BatchNormalization()(y)
            y = layers.Activation("swish")(y)
            gate = layers.GlobalAveragePooling2D(keepdims=True)(y)
            gate = layers.Conv2D(width, 1, activation="sigmoid")(gate)
            x = layers.MaxPooling2D(2, padding="same")(layers.Multiply()([y, gate]))
        x = layers.Conv2D(24, 3, strides=2, padding="same", activation="selu")(x)
        x = layers.LayerNormalization()(x)
        x = layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="elu")(x)
        x = layers.UpSampling2D((1, 2), interpolation="bilinear")(x)
        x = layers.Flatten()(x)
        return tf.keras.Model(start, layers.Dense(10, activation="softmax")(x))

    for name, make in {"Keras, channels last": network}.items():
        if only and only not in name:
            continue
        tf.keras.utils.set_random_seed(5)
        model = make()
        values = np.random.default_rng(1).normal(size=(1, 48, 64, 1)).astype("float32")

        def gradient(channel, model=model, values=values):
            x = tf.constant(values)
            with tf.GradientTape() as tape:
                tape.watch(x)
                output = model(x)[0, channel]
            return tape.gradient(output, x).numpy()

        path = folder / "keras.onnx"
        try:
            function = tf.function(
                lambda x: model(x), input_signature=[tf.TensorSpec((None, 48, 64, 1), name="x")])
            tf2onnx.convert.from_function(
                function, input_signature=function.input_signature, opset=17,
                output_path=str(path))
        except Exception as error:
            yield name, "tf2onnx", f"tf2onnx fails: {str(error).splitlines()[0][:120]}"
            continue
        yield name, "tf2onnx, open batch", Exported(name, "tf2onnx", path, values, gradient)


def reference(model):
    """What ONNX Runtime computes: per name of a node of the file its first output."""
    import onnx
    import onnxruntime

    proto = onnx.load(model.path)
    names = {}
    for node in proto.graph.node:
        if node.output and node.output[0]:
            plain = (node.name or node.output[0]).lstrip("/.").replace("/", ".")
            names.setdefault(plain, node.output[0])
    known = {value.name for value in proto.graph.output}
    proto.graph.output.extend(
        onnx.ValueInfoProto(name=name) for name in names.values() if name not in known)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    # The nodes as they stand in the file.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(
        proto.SerializeToString(), options, providers=["CPUExecutionProvider"])
    outputs = [value.name for value in session.get_outputs()]
    arrays = dict(zip(
        outputs, session.run(outputs, {session.get_inputs()[0].name: model.values})))
    return {plain: arrays[name] for plain, name in names.items()}


def deviation(one, other):
    """The largest difference, relative to the root mean square."""
    one, other = one.reshape(-1).astype("float64"), other.reshape(-1).astype("float64")
    scale = np.sqrt(np.mean(other ** 2)) or 1
    return float(np.max(np.abs(one - other)) / scale)


class Comparison:
    """One model file in the tool."""

    def __init__(self, path, model, folder):
        self.path, self.model, self.folder = path, model, folder
        self.inspection = json.loads(tool("inspect", path, "--json").stdout)
        entry = self.inspection["inputs"][0]
        values = model.values
        if tuple(entry["shape"]) != values.shape[1:] and values.ndim == 4 and (
                entry["shape"] == [values.shape[3], *values.shape[1:3]]):
            values = np.moveaxis(values, 3, 1)
        np.save(folder / "x.npy", values.reshape(entry["shape"]))
        self.input = ["--input", f"{entry['name']}={folder / 'x.npy'}"]
        self.name = entry["name"]

    @property
    def layers(self):
        return [entry["name"] for entry in self.inspection["layers"]]

    def shape(self, layer):
        return next(
            entry["shape"] for entry in self.inspection["layers"] if entry["name"] == layer)

    def activations(self):
        out = self.folder / "a.npz"
        tool("activations", self.path, *self.input, "--layers", ",".join(self.layers), "--out", out)
        return dict(np.load(out))

    def gradient(self, activations):
        """The gradient of the highest element or channel of the first output, and which it is."""
        if not self.inspection["outputs"]:
            raise Failure("computes no output of the file")
        layer = self.inspection["outputs"][0]
        values = activations[layer].reshape(-1, *self.shape(layer))[0]
        channel = int(values.reshape(len(values), -1).mean(axis=1).argmax())
        out = self.folder / "g.npz"
        tool("gradient", self.path, f"{layer}:{channel}", *self.input, "--out", out)
        return np.load(out)[self.name], channel


def compare(model, folder):
    """The columns of the table."""
    path = model.path
    if "time" in model.how:
        # Only conversion takes extents; it is compared with itself.
        path = folder / "fixed.safetensors"
        shape = ",".join(map(str, model.values.shape))
        tool("convert", model.path, path, "--shape", f"x={shape}")
    run = Comparison(path, model, folder)
    expected = reference(model)
    activations = run.activations()
    shared = [
        name for name in run.layers
        if name in expected and expected[name].size == activations[name].size]
    outputs = run.inspection["outputs"]
    if not outputs or not set(outputs) <= set(shared):
        raise Failure("computes no output of the file")
    worst = max(
        (deviation(activations[name], expected[name]), name) for name in shared
        if not is_reordered(activations[name], expected[name]))
    gradient, channel = run.gradient(activations)
    slope = deviation(gradient, model.gradient(channel))
    converted = folder / "converted.safetensors"
    tool("convert", path, converted)
    other = Comparison(converted, model, folder)
    arrays = other.activations()
    same = run.layers == other.layers and all(
        arrays[name].tobytes() == activations[name].tobytes() for name in run.layers)
    same = same and other.gradient(arrays)[0].tobytes() == gradient.tobytes()
    return {
        "layers": f"{len(shared)} of {len(run.layers)}", "worst": worst, "gradient": slope,
        "converted": "same bits" if same else "differs",
        "ok": worst[0] <= ACTIVATION and slope <= GRADIENT and same}


def is_reordered(one, other):
    """Whether the tool keeps a map channels-first that the file has channels-last."""
    return (
        one.ndim >= 3 and other.ndim == 4 and one.shape[-3:] != other.shape[1:]
        and one.shape[-3:] == (other.shape[3], other.shape[1], other.shape[2]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="", help="networks whose name contains this")
    parser.add_argument("--keep", type=Path, help="a folder for the files of the models")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    good, total = 0, 0
    print("| network | exporter | layers compared | activations off by | gradient off by | converted |")
    print("|---|---|---:|---:|---:|---|")
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for source in (torch_models, keras_models):
            for name, how, model in source(folder, arguments.only):
                total += 1
                try:
                    if isinstance(model, str):
                        raise Failure(model)
                    row = compare(model, Path(temporary))
                except Exception as failure:
                    reason = str(failure).splitlines()[0][:200]
                    print(f"| {name} | {how} | {reason} | | | |", flush=True)
                    continue
                good += row["ok"]
                worst = f"{row['worst'][0]:.0e}"
                if row["worst"][0] > ACTIVATION:
                    worst += f" ({row['worst'][1]})"
                print(
                    f"| {name} | {how} | {row['layers']} | {worst} | {row['gradient']:.0e}"
                    f" | {row['converted']} |", flush=True)
    print(f"\n{good} of {total} agree: activations to {ACTIVATION}, gradients to {GRADIENT},"
          " converted to the same bits")


if __name__ == "__main__":
    main()
