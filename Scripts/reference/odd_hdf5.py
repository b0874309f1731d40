"""Writes Tests/Fixtures/models: one small Keras model in HDF5, and odd and broken variants of it.

    python Scripts/reference/odd_hdf5.py Tests/Fixtures/models

Needs h5py and numpy alone. The model is Conv2D (2 kernels of 3×2) and Dense (4) on a map of 1×6×5.
"""
import json
import os
import sys

import h5py
import numpy as np

RANDOM = np.random.default_rng(7)
ARRAYS = {
    "conv/kernel:0": RANDOM.normal(size=(3, 2, 1, 2)).astype("float32"),
    "conv/bias:0": RANDOM.normal(size=2).astype("float32"),
    "bn/gamma:0": RANDOM.uniform(0.5, 1.5, size=2).astype("float32"),
    "bn/beta:0": RANDOM.normal(size=2).astype("float32"),
    "bn/moving_mean:0": RANDOM.normal(size=2).astype("float32"),
    "bn/moving_variance:0": RANDOM.uniform(0.5, 1.5, size=2).astype("float32"),
    "fc/kernel:0": RANDOM.normal(size=(32, 4)).astype("float32"),
    "fc/bias:0": RANDOM.normal(size=4).astype("float32"),
}
LAYERS = ["conv", "bn", "flatten", "fc"]


def layer(kind, name, **config):
    return {"class_name": kind, "config": {"name": name, **config}}


def config():
    return {"class_name": "Sequential", "config": {"name": "small", "layers": [
        layer("InputLayer", "map", batch_input_shape=[None, 1, 6, 5]),
        layer("Conv2D", "conv", filters=2, kernel_size=[3, 2], data_format="channels_first"),
        layer("BatchNormalization", "bn", axis=[1]),
        layer("Flatten", "flatten"),
        layer("Dense", "fc", units=4, activation="relu"),
    ]}}


def write(path, change=lambda file: None, strings=np.bytes_, arrays=ARRAYS, **options):
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = strings(json.dumps(config()))
        file.attrs["keras_version"] = strings("2.4.0")
        file.attrs["backend"] = strings("tensorflow")
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [np.bytes_(name) for name in LAYERS]
        for name in LAYERS:
            inner = group.create_group(name)
            names = [key for key in arrays if key.split("/")[0] == name]
            if strings is str:
                inner.attrs.create("weight_names", names, dtype=h5py.string_dtype())
            else:
                inner.attrs["weight_names"] = [np.bytes_(key) for key in names]
            for key in names:
                inner.create_dataset(key, data=arrays[key], **options)
        change(file)


def numeric_names(file):
    del file["model_weights"].attrs["layer_names"]
    file["model_weights"].attrs["layer_names"] = np.arange(4)


def missing_group(file):
    del file["model_weights/fc"]


def missing_layer(file):
    missing_group(file)
    del file["model_weights"].attrs["layer_names"]
    file["model_weights"].attrs["layer_names"] = [np.bytes_(name) for name in LAYERS[:-1]]


def missing_array(file):
    del file["model_weights/fc/fc/bias:0"]


def replaced(key, value, **options):
    def change(file):
        group = file["model_weights"][key.split("/")[0]]
        del group[key]
        group.create_dataset(key, data=value, **options)
    return change


def swapped(file):
    group = file["model_weights/fc"]
    names = list(group.attrs["weight_names"])[::-1]
    del group.attrs["weight_names"]
    group.attrs["weight_names"] = names


def external_link(file):
    del file["model_weights/fc"]
    file["model_weights/fc"] = h5py.ExternalLink("small.h5", "/model_weights/fc")


def soft_link(file):
    del file["model_weights/fc"]
    file["model_weights/fc"] = h5py.SoftLink("/model_weights/fc")


def cycle(file):
    file["model_weights/conv/again"] = file["model_weights"]


def unallocated(file):
    group = file["model_weights/fc"]
    del group["fc/kernel:0"]
    group.create_dataset("fc/kernel:0", shape=(1 << 31, 1 << 31), dtype="f4", chunks=(64, 64))


def external_data(file):
    group = file["model_weights/fc"]
    del group["fc/kernel:0"]
    group.create_dataset("fc/kernel:0", shape=(32, 4), dtype="f4", external=[("small.h5", 0, 512)])


def virtual(file):
    group = file["model_weights/fc"]
    del group["fc/kernel:0"]
    layout = h5py.VirtualLayout((32, 4), "f4")
    layout[:] = h5py.VirtualSource("small.h5", "model_weights/fc/fc/kernel:0", shape=(32, 4))
    group.create_virtual_dataset("fc/kernel:0", layout)


def shared_array(file):
    """Layers that all lead to one array, which takes a thousandth of its numbers in the file."""
    names = [f"d{index}" for index in range(8)]
    layers = [layer("InputLayer", "x", batch_input_shape=[None, 500])]
    layers += [layer("Dense", name, units=500, use_bias=False) for name in names]
    attribute("model_config", json.dumps(
        {"class_name": "Sequential", "config": {"name": "m", "layers": layers}}))(file)
    group = file["model_weights"]
    for name in LAYERS:
        del group[name]
    del group.attrs["layer_names"]
    group.attrs["layer_names"] = [np.bytes_(name) for name in names]
    inner = group.create_group(names[0])
    inner.attrs["weight_names"] = [np.bytes_("k")]
    inner.create_dataset("k", data=np.zeros((500, 500), "f4"), compression="gzip")
    for name in names[1:]:
        group[name] = inner


def huge_piece(file):
    """A few numbers, of a piece of two gigabytes."""
    group = file["model_weights/fc"]
    del group["fc/kernel:0"]
    group.create_dataset(
        "fc/kernel:0", shape=(32, 4), maxshape=(None, None), dtype="f4", chunks=(1 << 15, 1 << 14))


def attribute(name, value):
    def change(file):
        del file.attrs[name]
        file.attrs[name] = value
    return change


def theano(file):
    attribute("backend", np.bytes_("theano"))(file)
    replaced("conv/kernel:0", ARRAYS["conv/kernel:0"][::-1, ::-1])(file)


def not_keras(file):
    for key in list(file.attrs):
        del file.attrs[key]
    del file["model_weights"]
    file["data"] = np.arange(3.0)


def main(folder):
    os.makedirs(folder, exist_ok=True)
    at = lambda name: os.path.join(folder, name + ".h5")
    # The same model in other words.
    write(at("small"))
    write(at("small_variable_strings"), strings=str)
    write(at("small_double"), arrays={k: v.astype("float64") for k, v in ARRAYS.items()})
    write(at("small_big_endian"), arrays={k: v.astype(">f4") for k, v in ARRAYS.items()})
    write(at("small_compressed"), compression="gzip", shuffle=True, chunks=True)
    write(at("small_theano"), theano)
    write(at("small_cycle"), cycle)
    # Broken ones.
    nan = ARRAYS["fc/kernel:0"].copy()
    nan[3, 1], nan[4, 2] = np.nan, np.inf
    for name, change in {
        "not_finite": replaced("fc/kernel:0", nan),
        "numeric_names": numeric_names, "missing_group": missing_group,
        "missing_layer": missing_layer, "missing_array": missing_array,
        "wrong_shape": replaced("fc/kernel:0", np.zeros((31, 4), "f4")),
        "wrong_rank": replaced("fc/kernel:0", np.zeros(128, "f4")),
        "integer_weights": replaced("fc/kernel:0", np.zeros((32, 4), "i4")),
        "text_weights": replaced("fc/bias:0", np.array([b"a", b"b", b"c", b"d"])),
        "no_weights": replaced("fc/kernel:0", h5py.Empty("f4")),
        "swapped": swapped, "external_link": external_link, "soft_link": soft_link,
        "unallocated": unallocated, "external_data": external_data, "virtual": virtual,
        "numeric_config": attribute("model_config", 12.5),
        "two_configs": attribute("model_config", [np.bytes_("{}"), np.bytes_("[]")]),
        "not_json": attribute("model_config", np.bytes_("{'class_name': 1}")),
        "not_text": attribute("model_config", np.bytes_(b"\xff\xfe{}")),
        "deep_json": attribute("model_config", np.bytes_("[" * 10000)),
        "keras_1": attribute("keras_version", np.bytes_("1.2.2")),
        "not_keras": not_keras, "shared_array": shared_array, "huge_piece": huge_piece,
        "deflated": replaced("fc/kernel:0", np.zeros((1000, 1000), "f4"), compression="gzip"),
    }.items():
        write(at(name), change)


if __name__ == "__main__":
    main(sys.argv[1])
