"""Writes Tests/Fixtures/reference/untied: gradients of the trained towers where nothing ties.

    python Scripts/reference/tower_gradients.py Tests/Fixtures/reference seeds

Real spectrograms are clipped at a floor: in their flat regions many pooling windows hold equal
numbers, and rounding decides which of them the gradient follows. Here the first real input of each
tower gets a little noise, of the first seed for which no ReLU and no maximum is so close to a tie
that single precision could decide it otherwise. Computed in float64, as keras_fixtures.py does.
"""
import json
import os
import sys

import numpy as np

from keras_fixtures import Probe, input_names, keras
from reference_writer import ReferenceWriter

NOISE = 0.05
# Relative to the layer's largest value; float32 rounds by 6e-8.
CLOSEST = 1e-7


def load(folder, seeds, name):
    if name == "siamese_pretrained":
        return keras.models.load_model(os.path.join(seeds, name + ".h5"), compile=False)
    path = os.path.join(folder, "models", name)
    if name == "imitation_tower":
        return keras.models.load_model(path + ".h5", compile=False)
    with open(path + "_architecture.json") as file:
        model = keras.models.model_from_json(file.read())
    model.load_weights(path + "_weights.h5")
    return model


def real_inputs(folder, name, inputs):
    """The first real input of a model, from its reference values."""
    path = os.path.join(folder, "values", name)
    with open(path + ".json") as file:
        arrays = {array["name"]: array for array in json.load(file)["arrays"]}
    blob = np.fromfile(path + ".f32", "<f4")
    found = [arrays["input0/" + one] for one in inputs]
    return [blob[a["offset"]:][:np.prod(a["shape"])].reshape(a["shape"]) for a in found]


def noisy(arrays, seed):
    """Single-precision numbers, with a batch axis, in double precision."""
    random = np.random.default_rng(seed)
    return [(x + NOISE * random.normal(size=x.shape)).astype("float32").astype("float64")[None]
            for x in arrays]


def gaps(probe, activations):
    """How near each ReLU is to its kink and each window's maximum to its second, by layer.

    Windows of zeros only are left out: behind a ReLU no gradient comes through them.
    """
    found = {}
    for name, value in activations.items():
        before = {"_AC": name[:-3] + "_BN", "c_1": name + "_pre"}.get(name[-3:])
        if before:
            found[name] = np.abs(activations[before]) / np.abs(activations[before]).max()
    for layer in probe.leaves:
        if isinstance(layer, keras.layers.MaxPooling2D):
            assert layer.strides == layer.pool_size and layer.padding == "valid"
            map = activations[layer.name.replace("_MP", "_AC")]
            (c, h, w), (rows, columns) = map.shape, layer.pool_size
            h, w = h // rows, w // columns
            windows = map[:, :h * rows, :w * columns].reshape(c, h, rows, w, columns)
            windows = np.sort(windows.transpose(0, 1, 3, 2, 4).reshape(-1, rows * columns))
            windows = windows[windows[:, -1] > 0]
            found[layer.name] = (windows[:, -1] - windows[:, -2]) / map.max()
    return found


def untied(probe, arrays):
    """The first seed whose noise leaves no near-tie, with the inputs and the activations."""
    seed = 0
    while True:
        inputs = noisy(arrays, seed)
        activations = probe.first_pass(inputs)
        found = gaps(probe, activations)
        close = sum(int((gap < CLOSEST).sum()) for gap in found.values())
        print(f"  seed {seed}: {close} below {CLOSEST:g}; nearest "
              + ", ".join(f"{name} {gap.min():.1e}" for name, gap in found.items()))
        if close == 0:
            return seed, inputs, activations
        seed += 1


def neurons(activations, single):
    """Channels (no dead ones) and a unit of a single tower, and elements of the dense layers."""
    chosen = []
    for name, value in activations.items():
        if name.endswith("fc_1_pre"):
            chosen += [(name, "7"), (name, "19")]
        elif name.endswith("fc_2_pre"):
            chosen.append((name, "0"))
        elif single and "_conv_" in name and name[-3:] not in ("_BN", "_MP"):
            alive = [channel for channel in range(7, len(value)) if value[channel].any()]
            chosen += [(name, f"{channel}") for channel in alive[:2]]
    if single:
        name = [name for name in activations if name.endswith("conv_3_AC")][0]
        row, column = np.unravel_index(np.argmax(activations[name][3]), activations[name][3].shape)
        chosen.append((name, f"3@{row},{column}"))
    return chosen


def main(folder, seeds):
    os.makedirs(os.path.join(folder, "untied"), exist_ok=True)
    for name in ("recording_tower", "imitation_tower", "siamese_pretrained"):
        print(name)
        probe = Probe(load(folder, seeds, name))
        names = input_names(probe)
        seed, inputs, activations = untied(probe, real_inputs(folder, name, names))
        _, gradients = probe.gradients(inputs, neurons(activations, single=len(names) == 1))
        writer = ReferenceWriter(model=name, noise=NOISE, seed=seed,
                                 made_by=f"tf_keras {keras.__version__} float64")
        for input, x in zip(names, inputs):
            writer.add("input0/" + input, x[0])
        for (layer, neuron), (objective, arrays) in gradients.items():
            for input, gradient in zip(names, arrays):
                assert gradient.any(), (layer, neuron, input)
                writer.add(f"input0/gradient/{layer}/{neuron}/{input}", gradient,
                           objective=objective)
        writer.save(os.path.join(folder, "untied", name))


if __name__ == "__main__":
    main(*sys.argv[1:])
