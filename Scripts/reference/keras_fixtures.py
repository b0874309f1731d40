"""Writes Tests/Fixtures/keras: small legacy-HDF5 models of tf_keras, and golden values of each.

    python Scripts/reference/keras_fixtures.py Tests/Fixtures/keras

Needs tensorflow-cpu 2.19 and tf_keras 2.19. Every value is computed in float64 by a model that
was loaded from the very file (through XLA, which runs channels-first convolutions on a CPU too).
"""
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import h5py
import numpy as np
import tensorflow as tf
import tf_keras as keras

import keras_models as models
from reference_writer import ReferenceWriter

# A function of keras_models.py, and the layouts it is written in.
BOTH = ["sequential", "branches", "convolutions", "pooling", "activations", "normalization",
        "shapes", "siamese", "nested", "squeeze_excite"]
LAST = ["deferred", "shared", "nested_sequential", "relu_variants", "activation_names",
        "decoder"]
FIRST = ["flatten_last"]


def build(name, first):
    keras.backend.clear_session()
    layout = models.Layout(first)
    model = getattr(models, name)(layout)
    models.set_weights(model, layout)
    return model


def compile_with_state(model):
    """Gives the model an Adam optimizer that has made a step, and its old weights again."""
    keras.utils.set_random_seed(1)
    weights = model.get_weights()
    model.compile(keras.optimizers.Adam(1e-3), "categorical_crossentropy", metrics=["accuracy"])
    shape = (2,) + model.input_shape[1:]
    model.train_on_batch(np.linspace(-1, 1, np.prod(shape)).reshape(shape), np.eye(3)[:2])
    model.set_weights(weights)


def widened(model):
    """The same model computing in float64."""
    def config(value):
        if isinstance(value, dict):
            return {k: config(v) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(config(v) for v in value)
        return "float64" if value == "float32" else value
    wide = type(model).from_config(config(model.get_config()))
    if not wide.built:
        wide.build(model._build_input_shape)
    wide.set_weights(model.get_weights())
    return wide


class Probe:
    """A model in float64 that tells every layer's activation of every call, by name.

    `NAME_pre` is before the `activation=` inside a layer, `NAME@1` the second call of a layer.
    """

    def __init__(self, model):
        self.model = widened(model)
        self.leaves = models.leaves(self.model)
        self.seen = {}
        for layer in self.leaves:
            if isinstance(layer, keras.layers.InputLayer):
                continue
            self.watch(layer, "call", layer.name)
            activation = getattr(layer, "activation", None)
            fused = not isinstance(layer, keras.layers.Activation)
            if fused and activation is not None and activation.__name__ != "linear":
                self.watch(layer, "activation", layer.name + "_pre", result=False)

    def watch(self, layer, attribute, name, result=True):
        original = getattr(layer, attribute)

        @tf.autograph.experimental.do_not_convert
        def watched(x, *arguments, **options):
            y = original(x, *arguments, **options)
            calls = sum(key.split("@")[0] == name for key in self.seen)
            self.seen[name + (f"@{calls}" if calls else "")] = y if result else x
            return y

        setattr(layer, attribute, watched)

    def activations(self, inputs):
        self.seen = {}
        self.model(inputs if len(inputs) > 1 else inputs[0], training=False)
        return dict(self.seen)

    def first(self, array):
        """Drops the batch axis; a map gets its channels in front."""
        array = np.asarray(array)[0]
        return array.transpose(2, 0, 1) if array.ndim == 3 and self.channels_last else array

    @property
    def channels_last(self):
        formats = {getattr(layer, "data_format", None) for layer in self.leaves
                   if not isinstance(layer, keras.layers.Flatten)}
        return "channels_first" not in formats

    def run(self, inputs):
        """The activations, and the gradient of some neurons: {(layer, neuron): (value, gradients)}."""
        shapes = self.first_pass(inputs)
        neurons = [(name, self.neuron(value, k)) for k, (name, value) in enumerate(shapes.items())
                   if "flatten" not in name and name != "merge" and value.ndim != 2]
        return self.gradients(inputs, neurons)

    def gradients(self, inputs, neurons):
        """The activations, and the gradient of these neurons, as `run` returns them."""
        @tf.function(jit_compile=True)
        def compute(*xs):
            with tf.GradientTape(persistent=True) as tape:
                tape.watch(xs)
                seen = self.activations(list(xs))
                objectives = [self.objective(seen[name], key) for name, key in neurons]
            gradients = [tape.gradient(o, list(xs)) for o in objectives]
            return seen, objectives, [[tf.zeros_like(x) if g is None else g for x, g in zip(xs, gs)]
                                      for gs in gradients]

        seen, objectives, gradients = compute(*map(tf.constant, inputs))
        return ({k: self.first(v) for k, v in seen.items()},
                {key: (float(o), [self.first(g) for g in gs])
                 for key, o, gs in zip(neurons, objectives, gradients)})

    def first_pass(self, inputs):
        compute = tf.function(lambda *xs: self.activations(list(xs)), jit_compile=True)
        return {name: self.first(value)
                for name, value in compute(*map(tf.constant, inputs)).items()}

    def neuron(self, value, k):
        """Of a vector its largest element; of a map the last channel, by turns its mean and a unit."""
        if value.ndim == 1:
            return f"{int(np.argmax(np.abs(value)))}"
        channel = len(value) - 1
        row, column = np.unravel_index(np.argmax(value[channel]), value[channel].shape)
        return f"{channel}" if k % 2 == 0 else f"{channel}@{row},{column}"

    def objective(self, tensor, key):
        channel, _, place = key.partition("@")
        if len(tensor.shape) == 2:
            return tensor[0, int(channel)]
        if self.channels_last:
            tensor = tf.transpose(tensor, (0, 3, 1, 2))
        if place:
            row, column = map(int, place.split(","))
            return tensor[0, int(channel), row, column]
        return tf.reduce_mean(tensor[0, int(channel)])


def inputs_of(model, channels_last, seed):
    random = np.random.default_rng(seed)
    arrays = []
    for tensor in model.inputs:
        shape = list(tensor.shape[1:])
        if len(shape) == 3 and channels_last:
            shape = [shape[2], shape[0], shape[1]]
        x = random.normal(size=shape).astype("float32").astype("float64")
        arrays.append(x.transpose(1, 2, 0)[None] if len(shape) == 3 and channels_last else x[None])
    return arrays


def input_names(probe):
    """The names of the input layers; of a model without any, `input`."""
    return [x._keras_history.layer.name for x in probe.model.inputs] \
        if getattr(probe.model, "_is_graph_network", False) else ["input"]


def evaluate(path, seeds=(10,)):
    """The probe of a file and, for each seed, its inputs, activations and gradients."""
    probe = Probe(keras.models.load_model(path, compile=False))
    results = []
    for seed in seeds:
        inputs = inputs_of(probe.model, probe.channels_last, seed)
        activations, gradients = probe.run(inputs)
        results.append(([probe.first(x) for x in inputs], activations, gradients))
    return probe, results


def write_values(path, files, evaluated, flattened=None):
    probe, results = evaluated
    names = input_names(probe)
    writer = ReferenceWriter(
        model=os.path.basename(path), files=files, made_by=f"tf_keras {keras.__version__} float64")
    for i, (inputs, activations, gradients) in enumerate(results):
        for name, x in zip(names, inputs):
            writer.add(f"input{i}/{name}", x)
        for name, value in activations.items():
            writer.add(f"input{i}/activation/{name}", value)
        for name, value in (flattened[i] if flattened else {}).items():
            writer.add(f"input{i}/activation/{name}/channels_first", value)
        if i > 0:
            continue
        for (layer, neuron), (objective, arrays) in gradients.items():
            for name, gradient in zip(names, arrays):
                if gradient.any():
                    writer.add(f"input{i}/gradient/{layer}/{neuron}/{name}", gradient,
                               objective=objective)
    writer.save(path)


def check_twin(last, first):
    """Both layouts must compute the same; returns the flattened arrays of the channels-first one."""
    flattened = []
    for (xs, a, g), (ys, b, h) in zip(last[1], first[1]):
        assert all(np.array_equal(x, y) for x, y in zip(xs, ys)) and list(a) == list(b)
        for name in a:
            if "flatten" not in name and name != "merge":
                np.testing.assert_allclose(a[name], b[name], rtol=1e-9, atol=1e-12, err_msg=name)
        for key in g:
            for p, q in zip(g[key][1], h[key][1]):
                np.testing.assert_allclose(p, q, rtol=1e-9, atol=1e-12, err_msg=str(key))
        flattened.append({k: v for k, v in b.items() if "flatten" in k or k == "merge"})
    return flattened


def rewrite(source, target, change):
    with h5py.File(source, "r") as old, h5py.File(target, "w") as new:
        for key in old.attrs:
            new.attrs[key] = old.attrs[key]
        for key in old:
            old.copy(key, new)
        change(new)


NAMES = ("layer_names", "weight_names")


def names_of(item, key):
    return [name.encode() if isinstance(name, str) else name for name in item.attrs[key]]


def fixed_strings(file):
    """All strings of fixed length, as Keras 2 with h5py 2 wrote them; tf_keras' are variable."""
    def visit(_, item):
        for key in NAMES:
            if key in item.attrs:
                names = np.array(names_of(item, key), dtype=None if len(item.attrs[key]) else "S1")
                del item.attrs[key]
                item.attrs[key] = names
    file.visititems(visit)
    for key in list(file.attrs):
        value = file.attrs[key].encode()
        del file.attrs[key]
        file.attrs[key] = np.bytes_(value)


def split_attributes(file):
    """Names in several attributes, as Keras does when one would exceed HDF5's 64 kB."""
    def visit(_, item):
        for key in NAMES:
            if key in item.attrs and len(item.attrs[key]) > 1:
                names = np.array(names_of(item, key))
                del item.attrs[key]
                for k, part in enumerate(np.array_split(names, 2)):
                    item.attrs[f"{key}{k}"] = part
    file.visititems(visit)


def keras_2_2(file):
    """As Keras 2.2 wrote it: fewer keys, `Model` for `Functional`, a Sequential as a bare list of
    layers without an InputLayer, fixed-length strings, no optimizer."""
    def old(node):
        if isinstance(node, list):
            return [old(one) for one in node]
        if not isinstance(node, dict):
            return node
        node = {k: old(v) for k, v in node.items()
                if k not in ("module", "registered_name", "build_config")}
        if node.get("class_name") == "Functional":
            node["class_name"] = "Model"
        if isinstance(node.get("axis"), list):
            node["axis"], = node["axis"]
        if node.get("class_name") == "Sequential":
            first, *rest = node["config"]["layers"]
            rest[0]["config"]["batch_input_shape"] = first["config"]["batch_input_shape"]
            node["config"] = rest
        return node

    file.attrs["model_config"] = json.dumps(old(json.loads(file.attrs["model_config"])))
    file.attrs["keras_version"] = "2.2.0"
    for key in ("optimizer_weights", "model_weights/top_level_model_weights"):
        if key in file:
            del file[key]
    fixed_strings(file)


REWRITTEN = [("siamese.h5", "siamese_keras_2_2.h5", keras_2_2),
             ("siamese.h5", "siamese_split_attributes.h5", split_attributes),
             ("sequential.h5", "sequential_keras_2_2.h5", keras_2_2)]


def main(folder):
    os.makedirs(folder, exist_ok=True)
    at = lambda file: os.path.join(folder, file)
    for name in BOTH + LAST + FIRST:
        files, evaluated = [], {}
        for first in (False, True):
            if name in (FIRST if not first else LAST):
                continue
            model = build(name, first)
            if name == "sequential" and not first:
                compile_with_state(model)
            file = name + ("_first.h5" if first and name in BOTH else ".h5")
            model.save(at(file), save_format="h5")
            if name in ("sequential", "siamese") and not first:
                weights, architecture = name + "_weights.h5", name + "_architecture.json"
                model.save_weights(at(weights))
                with open(at(architecture), "w") as out:
                    out.write(model.to_json())
                files.append(weights)
            files.append(file)
            evaluated[first] = evaluate(at(file))
        flattened = check_twin(evaluated[False], evaluated[True]) if len(evaluated) == 2 else None
        for old, new, change in REWRITTEN:
            if old == name + ".h5":
                rewrite(at(old), at(new), change)
                files.append(new)
        write_values(at(name), sorted(files), evaluated[min(evaluated)], flattened)
        print(name, files)


if __name__ == "__main__":
    main(sys.argv[1])
