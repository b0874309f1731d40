"""Writes Fuzzing/seeds: small files of each format to begin from.

    python Fuzzing/seeds.py

Needs h5py and numpy. Most seeds are fixtures of the tests; the rest is made here.
"""
import json
import pathlib
import shutil
import struct
import sys
import zipfile

import h5py
import numpy as np

HERE = pathlib.Path(__file__).parent
FIXTURES = HERE.parent / "Tests" / "Fixtures"
SEEDS = HERE / "seeds"
sys.path.insert(0, str(HERE.parent / "Scripts" / "reference"))
import odd_hdf5

COPIES = {
    "onnx": ["models/onnx/*.onnx"],
    "torch": ["formats/*.pt", "formats/checkpoint.pth"],
    "safetensors": ["formats/*.safetensors"],
    "hdf5": ["models/small_variable_strings.h5"],
    "numpy": ["numpy/*"],
}
LARGEST = 6000
RANDOM = np.random.default_rng(11)


def folder(reader):
    path = SEEDS / reader
    path.mkdir(parents=True, exist_ok=True)
    return path


def copies():
    for reader, patterns in COPIES.items():
        for file in sorted(file for pattern in patterns for file in FIXTURES.glob(pattern)):
            if file.name.startswith("README") or "script" in file.name:
                continue
            if file.stat().st_size <= LARGEST or reader == "hdf5":
                shutil.copyfile(file, folder(reader) / file.name)
    for reader in ["torch", "safetensors"]:
        text = (FIXTURES / "formats" / "small.architecture.json").read_text()
        (SEEDS / f"{reader}.json").write_text(json.dumps(json.loads(text)))


LAYERS = {
    "Conv2D": ("conv", {"filters": 2, "kernel_size": [3, 2]}, [(3, 2, 1, 2), (2,)]),
    "BatchNormalization": ("bn", {"axis": 3}, [(2,)] * 4),
    "DepthwiseConv2D": ("depth", {"kernel_size": [1, 2], "use_bias": False}, [(1, 2, 2, 1)]),
    "MaxPooling2D": ("pool", {"pool_size": [2, 1], "strides": [1, 1]}, []),
    "LeakyReLU": ("leaky", {"negative_slope": 0.1}, []),
    "Flatten": ("flatten", {}, []),
    "Dense": ("fc", {"units": 2, "activation": "relu"}, [(18, 2), (2,)]),
}
SNAKE = {"Conv2D": "conv2d", "BatchNormalization": "batch_normalization", "Dense": "dense",
         "DepthwiseConv2D": "depthwise_conv2d"}


def configuration(input_key):
    layers = [{"class_name": "InputLayer",
               "config": {"name": "map", input_key: [None, 6, 5, 1]}}]
    layers += [{"class_name": kind, "config": {"name": name, **config}}
               for kind, (name, config, _) in LAYERS.items()]
    return {"class_name": "Sequential", "config": {"name": "seed", "layers": layers}}


def functional(config):
    """The same layers as a graph: each is called on the one before."""
    layers = config["config"]["layers"]
    last = None
    for layer in layers:
        layer["name"] = layer["config"]["name"]
        layer["inbound_nodes"] = [] if last is None else [[[last, 0, 0, {}]]]
        last = layer["name"]
    return {"class_name": "Functional", "config": {
        "name": "seed", "layers": layers, "input_layers": [["map", 0, 0]],
        "output_layers": [[last, 0, 0]]}}


def arrays(shapes):
    return [RANDOM.uniform(0.1, 1, size=shape).astype("float32") for shape in shapes]


def variables(path):
    """Weights as Keras 3 stores them."""
    with h5py.File(path, "w", libver="latest") as file:
        layers = file.create_group("layers")
        for kind, (_, _, shapes) in LAYERS.items():
            for index, values in enumerate(arrays(shapes)):
                layers.create_dataset(f"{SNAKE[kind]}/vars/{index}", data=values)


def whole(path, config, **options):
    """A model as Keras 2 stores it."""
    with h5py.File(path, "w", libver="latest") as file:
        file.attrs["model_config"] = json.dumps(config)
        file.attrs["keras_version"] = np.bytes_("2.4.0")
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [np.bytes_(name) for name, _, _ in LAYERS.values()]
        for name, _, shapes in LAYERS.values():
            inner = group.create_group(name)
            keys = [f"{name}/{index}" for index in range(len(shapes))]
            inner.attrs["weight_names"] = [np.bytes_(key) for key in keys]
            for key, values in zip(keys, arrays(shapes)):
                inner.create_dataset(key, data=values, **options)


def keras():
    target = folder("hdf5")
    odd_hdf5.write(str(target / "small.h5"))
    whole(target / "sequential.h5", configuration("batch_input_shape"))
    whole(target / "graph.h5", functional(configuration("batch_input_shape")))
    whole(target / "deflated.h5", configuration("batch_input_shape"), compression="gzip")
    variables(target / "variables.weights.h5")
    (SEEDS / "hdf5.json").write_text(json.dumps(configuration("batch_shape")))
    weights = (target / "variables.weights.h5").read_bytes()
    for name, config in [("sequential", configuration("batch_shape")),
                         ("graph", functional(configuration("batch_shape")))]:
        with zipfile.ZipFile(folder("keras") / f"{name}.keras", "w") as archive:
            for entry, content in [
                    ("metadata.json", json.dumps({"keras_version": "3.5.0"})),
                    ("config.json", json.dumps(config)), ("model.weights.h5", weights)]:
                archive.writestr(zipfile.ZipInfo(entry), content)


def node(name, kind, inputs, weights=None, **settings):
    members = {"name": name, "kind": kind, "inputs": inputs}
    if settings:
        members["settings"] = settings
    if weights:
        members["weights"] = weights
    return members


def architecture(nodes, outputs):
    return {"version": 1, "inputs": [{"name": "x", "shape": [1, 8, 6]}], "nodes": nodes,
            "outputs": outputs}


def architectures():
    """Their arrays are those of AnyArrays.swift."""
    chain = [
        node("pad", "ZeroPadding2D", ["x"], top=1, right=1),
        node("conv", "Conv2D", ["pad"], {"kernel": "kernel 4 1 3 3", "bias": "bias 4"},
             strides=[2, 1], dilation=[1, 2], padding=[1, 0, 0, 1]),
        node("bn", "BatchNormalization", ["conv"],
             {role: "ones 4" for role in ["gamma", "beta", "mean", "variance"]}, epsilon=0.1),
        node("relu", "ReLU", ["bn"], negativeSlope=0.1, threshold=0.5, maximum=6),
        node("max", "MaxPooling2D", ["relu"], window=[2, 2], strides=[1, 1], padding="same"),
        node("mean", "AveragePooling2D", ["relu"], window=[2, 2], strides=[1, 1], padding="same"),
        node("both", "Concatenate", ["max", "mean"], axis=0),
        node("order", "Permute", ["both"], axes=[1, 2, 0]),
        node("flat", "Flatten", ["order"]),
        node("soft", "Softmax", ["flat"], axis=0),
    ]
    dense = [
        node("channels", "Conv2D", ["x"], {"kernel": "kernel 4 1 3 3"}),
        node("pool", "GlobalAveragePooling2D", ["channels"]),
        node("peak", "GlobalMaxPooling2D", ["channels"]),
        node("sum", "Add", ["pool", "peak"]), node("product", "Multiply", ["sum", "pool"]),
        node("row", "Concatenate", ["product", "sum"]),
        node("drop", "Dropout", ["row"], rate=0.5),
        node("fc", "Dense", ["drop"], {"kernel": "kernel 8 3", "bias": "bias 3"}),
        node("column", "Reshape", ["fc"], shape=[3, 1]),
    ]
    kinds = ["LeakyReLU", "ELU", "SELU", "Sigmoid", "Tanh", "HardSigmoid", "Softsign", "Softplus",
             "Swish", "GELU", "Mish", "Exponential"]
    rows = [node(kind.lower(), kind, ["x"], **({"negativeSlope": 0.2} if kind == "LeakyReLU" else {}))
            for kind in kinds]
    for name, value in [("chain", architecture(chain, ["soft"])),
                        ("dense", architecture(dense, ["column"])),
                        ("functions", architecture(rows, ["mish"]))]:
        (folder("architecture") / f"{name}.json").write_text(json.dumps(value))


def embedded():
    """A safetensors file that carries its architecture, as Tonoscope writes it."""
    nodes = [node("conv", "Conv2D", ["x"], {"kernel": "conv.kernel", "bias": "conv.bias"}),
             node("relu", "ReLU", ["conv"])]
    contents = arrays([(2, 1, 3, 3), (2,)])
    header, start = {"__metadata__": {
        "tonoscope.architecture": json.dumps(architecture(nodes, ["relu"]))}}, 0
    for name, values in zip(["conv.kernel", "conv.bias"], contents):
        header[name] = {"dtype": "F32", "shape": list(values.shape),
                        "data_offsets": [start, start + values.nbytes]}
        start += values.nbytes
    text = json.dumps(header).encode()
    (folder("safetensors") / "embedded.safetensors").write_bytes(
        struct.pack("<Q", len(text)) + text + b"".join(values.tobytes() for values in contents))


def texts():
    for name, text in {
        "values": '{"a": [1, -2.5, 1e-3, 0.1E+2, 0], "b": {}, "c": [], "d": null, "e": true}',
        "escapes": r'["\" \\ \/ \b \f \n \r \t \u00e9 \ud83c\udfb5 ü", false]',
        "nested": "[" * 40 + "]" * 40,
        "members": json.dumps({f"m{index}": {"n": [index]} for index in range(12)}),
        "broken": '{"a": 1, "a": 2}',
    }.items():
        (folder("json") / f"{name}.json").write_text(text)
    front_end = {
        "name": "seed", "sampleRate": 16000, "seconds": 1, "fftSize": 512, "windowLength": 400,
        "window": "hann", "padding": "zeros", "hop": 160, "bands": 40, "frames": 98,
        "lowestFrequency": 20, "highestFrequency": 8000, "melScale": "slaney",
        "melNorm": "slaney", "minimumPower": 1e-10, "dynamicRange": 80,
        "normalization": "perExample", "typicalMean": -40, "typicalDeviation": 15}
    for name, change in {
        "slaney": {}, "bare": {"normalization": "none", "padding": "none", "melScale": "htk"},
        "odd": {"window": "hamming", "padding": "reflect", "melNorm": "none", "seconds": 0.5},
    }.items():
        (folder("frontend") / f"{name}.json").write_text(json.dumps({**front_end, **change}))


if __name__ == "__main__":
    copies()
    keras()
    architectures()
    embedded()
    texts()
