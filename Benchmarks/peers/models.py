#!/usr/bin/env python3
"""Writes the network of all works: weights.npz for the peers, siamese.h5 for Tonoscope.

The weights are random, from one seed, with batch statistics measured on noise as a trained network
would have them: no channel is dead. siamese.h5 is a model as Keras 2 saves it, with the layer names
of TL-IMINET. Needs numpy and h5py alone.
"""

import argparse
import json
from pathlib import Path

import numpy as np

import works

FOLDER = Path(__file__).resolve().parent.parent / "models"
CALIBRATION_SAMPLES = 16


def convolve(maps, kernel):
    """'Valid' correlation of maps [N, C, H, W] with a kernel [O, C, K, K]."""
    size = kernel.shape[2]
    rows, columns = maps.shape[2] - size + 1, maps.shape[3] - size + 1
    result = np.zeros((len(maps), rows, columns, len(kernel)), np.float32)
    for row in range(size):
        for column in range(size):
            patch = maps[:, :, row:row + rows, column:column + columns]
            result += np.tensordot(patch, kernel[:, :, row, column], axes=([1], [1]))
    return result.transpose(0, 3, 1, 2)


def pool_maps(maps, pool):
    """The largest cell of each window; what is left over at the ends falls away."""
    rows, columns = maps.shape[2] // pool[0], maps.shape[3] // pool[1]
    cut = maps[:, :, :rows * pool[0], :columns * pool[1]]
    return cut.reshape(*maps.shape[:2], rows, pool[0], columns, pool[1]).max(axis=(3, 5))


def tower_weights(tower, random):
    """He-initialized convolutions and their normalization, calibrated layer after layer."""
    weights, channels = {}, 1
    maps = random.standard_normal((CALIBRATION_SAMPLES, 1, tower.rows, tower.columns))
    maps = maps.astype(np.float32)
    for index, conv in enumerate(tower.convolutions, 1):
        name = f"{tower.prefix}_conv_{index}"
        fan_in = channels * conv.kernel**2
        kernel = random.standard_normal((conv.filters, channels, conv.kernel, conv.kernel))
        layer = {
            "kernel": kernel * np.sqrt(2 / fan_in),
            "bias": 0.05 * random.standard_normal(conv.filters),
            "gamma": 1 + 0.1 * random.standard_normal(conv.filters),
            "beta": 0.1 * random.standard_normal(conv.filters),
        }
        layer = {role: values.astype(np.float32) for role, values in layer.items()}
        maps = convolve(maps, layer["kernel"]) + layer["bias"][:, None, None]
        layer["mean"] = maps.mean(axis=(0, 2, 3))
        layer["variance"] = maps.var(axis=(0, 2, 3))
        scale = layer["gamma"] / np.sqrt(layer["variance"] + works.EPSILON)
        shift = layer["beta"] - layer["mean"] * scale
        maps = np.maximum(maps * scale[:, None, None] + shift[:, None, None], 0)
        if conv.pool:
            maps = pool_maps(maps, conv.pool)
        weights.update({f"{name}.{role}": values for role, values in layer.items()})
        channels = conv.filters
    return weights


def make_weights(seed):
    """All arrays: kernels [out, in, rows, columns], dense kernels [out, in]."""
    random = np.random.default_rng(seed)
    weights = {}
    for tower in works.TOWERS:
        weights.update(tower_weights(tower, random))
    for name, outputs, inputs in (
            ("fc_1", works.HIDDEN, works.FEATURES), ("fc_2", 1, works.HIDDEN)):
        kernel = random.standard_normal((outputs, inputs)) * np.sqrt(2 / inputs)
        weights[f"{name}.kernel"] = kernel.astype(np.float32)
        weights[f"{name}.bias"] = np.zeros(outputs, np.float32)
    return weights


def layer(kind, name, inputs, **config):
    """A layer of a functional model, called once on other layers."""
    calls = [[[source, 0, 0, {}] for source in inputs]] if inputs else []
    return {
        "class_name": kind, "name": name, "config": {"name": name, **config},
        "inbound_nodes": calls}


def tower_layers(tower):
    """A tower's layers from input to flattened features."""
    first = {"data_format": "channels_first"}
    layers = [layer(
        "InputLayer", tower.input, [], batch_input_shape=[None, 1, tower.rows, tower.columns],
        dtype="float32", sparse=False)]
    for index, conv in enumerate(tower.convolutions, 1):
        name = f"{tower.prefix}_conv_{index}"
        layers.append(layer(
            "Conv2D", name, [layers[-1]["name"]], filters=conv.filters,
            kernel_size=[conv.kernel] * 2, strides=[1, 1], padding="valid", use_bias=True,
            activation="linear", **first))
        layers.append(layer(
            "BatchNormalization", name + "_BN", [name], axis=[1], epsilon=works.EPSILON,
            center=True, scale=True))
        layers.append(layer("Activation", name + "_AC", [name + "_BN"], activation="relu"))
        if conv.pool:
            layers.append(layer(
                "MaxPooling2D", name + "_MP", [name + "_AC"], pool_size=list(conv.pool),
                strides=list(conv.pool), padding="valid", **first))
    # Keras' Flatten would bring channels-first maps into channels-last order; this one must not.
    layers.append(layer(
        "Flatten", f"{tower.prefix}_flatten", [layers[-1]["name"]], data_format="channels_last"))
    return layers


def architecture():
    """The siamese network as Keras' configuration."""
    layers = [part for tower in works.TOWERS for part in tower_layers(tower)]
    flat = [f"{tower.prefix}_flatten" for tower in works.TOWERS]
    layers += [
        layer("Concatenate", "merge", flat, axis=-1),
        layer("Dense", "fc_1", ["merge"], units=works.HIDDEN, activation="relu"),
        layer("Dense", "fc_2", ["fc_1"], units=1, activation="sigmoid"),
    ]
    return {"class_name": "Functional", "config": {
        "name": "siamese", "layers": layers,
        "input_layers": [[tower.input, 0, 0] for tower in works.TOWERS],
        "output_layers": [["fc_2", 0, 0]]}}


def stored_arrays(name, weights):
    """A layer's arrays by Keras' names, in Keras' order and layouts."""
    if name.endswith("_BN"):
        roles = {"gamma": "gamma", "beta": "beta", "moving_mean": "mean",
                 "moving_variance": "variance"}
        return {stored: weights[f"{name[:-3]}.{role}"] for stored, role in roles.items()}
    if f"{name}.kernel" not in weights:
        return {}
    kernel = weights[f"{name}.kernel"]
    axes = (2, 3, 1, 0) if kernel.ndim == 4 else (1, 0)
    return {"kernel": kernel.transpose(axes), "bias": weights[f"{name}.bias"]}


def write_keras(path, weights):
    """Writes the model as `model.save("siamese.h5")` of Keras 2 does."""
    import h5py

    config = architecture()
    names = [part["name"] for part in config["config"]["layers"]]
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = np.bytes_(json.dumps(config))
        file.attrs["keras_version"] = np.bytes_("2.4.0")
        file.attrs["backend"] = np.bytes_("tensorflow")
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [np.bytes_(name) for name in names]
        for name in names:
            arrays = stored_arrays(name, weights)
            inner = group.create_group(name)
            inner.attrs["weight_names"] = [np.bytes_(f"{name}/{role}:0") for role in arrays]
            for role, values in arrays.items():
                inner.create_dataset(f"{name}/{role}:0", data=values)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to write")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    weights = make_weights(arguments.seed)
    np.savez(arguments.folder / "weights.npz", **weights)
    write_keras(arguments.folder / "siamese.h5", weights)
    print(f"wrote weights.npz and siamese.h5 to {arguments.folder}")


if __name__ == "__main__":
    main()
