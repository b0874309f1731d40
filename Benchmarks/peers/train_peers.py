#!/usr/bin/env python3
"""Trains what `tonoscope train` has trained with Keras or PyTorch: the same network, features, split,
rule, epochs and batches; only the random numbers are others.

    train_peers.py keras|torch TRAINING --cache DIR [--seed N] [--from IMITATION RECORDING]

TRAINING is the folder of a finished training, CACHE the folder of its features. Prints one line of JSON:
the result on the test part, seconds of the training and of each epoch (features in memory, imports done).
`--save NPZ` keeps the trained tower, from which `--from` begins a siamese network.
"""
import argparse
import hashlib
import json
import os
import sys
import time
from pathlib import Path

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# glibc then keeps freed blocks instead of giving their pages back at every step.
KEEPS_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": "4294967296", "MALLOC_TRIM_THRESHOLD_": "17179869184",
    "MALLOC_TOP_PAD_": "268435456"}


class Training:
    """What our training was: its recipe, its split, and the features of its sounds."""

    def __init__(self, folder, cache):
        self.report = json.loads((folder / "training.json").read_text())
        self.split = json.loads((folder / "split.json").read_text())
        self.data = Path(self.report["data"])
        settings = self.report["recipe"]["settings"]
        self.epochs, self.batch = self.report["epochs"], settings["batch"]
        self.rate, self.plan, self.rule = settings["learningRate"], settings["plan"], settings["rule"]
        augmentation = self.report["recipe"]["augmentation"]
        assert augmentation == "none" or augmentation.startswith("roll "), augmentation
        self.roll = 0.0 if augmentation == "none" else float(augmentation.split()[1])
        self.is_siamese = "pairs" in self.report
        self.shelves = {}
        for folder in Path(cache).glob("v*"):
            name = json.loads((folder / "front-end.json").read_text())["name"]
            self.shelves[name] = {
                key: value for file in folder.glob("*.npz") for key, value in np.load(file).items()}

    def features(self, paths, front_end):
        """[N, 1, bands, frames] of sounds by their paths in the data set."""
        shelf = self.shelves[front_end]
        digests = [hashlib.sha256((self.data / path).read_bytes()).hexdigest() for path in paths]
        return np.stack([shelf[digest] for digest in digests])

    def label(self, path):
        parts = Path(path).parts
        if self.report["layout"] == "urbansound8k":
            return int(parts[-1].split("-")[1])
        return self.report["classes"].index(parts[0])

    def shifted(self, x, random):
        """Examples turned round in time, each by a chance of its own."""
        if self.roll == 0:
            return x
        most = int(self.roll * x.shape[-1] / 2)
        return np.stack([np.roll(row, int(random.integers(-most, most + 1)), axis=-1) for row in x])

    def rate_at(self, step, steps_per_epoch):
        name, _, argument = self.plan.partition(":")
        epoch = step // steps_per_epoch
        if name == "constant":
            return self.rate
        if name == "decay":
            return self.rate / (1 + float(argument) * step)
        if name == "steps":
            factor = 1.0
            for part in argument.split(","):
                share, value = map(float, part.split("="))
                if epoch >= share * self.epochs:
                    factor = value
            return self.rate * factor
        raise SystemExit(f"the plan {self.plan} is not known here")


class Keras:
    """tf_keras, channels last, as its convolutions on a CPU want it."""

    def __init__(self, seed):
        import tf_keras
        self.keras = tf_keras
        tf_keras.utils.set_random_seed(seed)

    def tower(self, prefix, blocks, shape):
        layers = self.keras.layers
        x = source = layers.Input((*shape[1:], 1))
        for index, (filters, kernel, pool) in enumerate(blocks, 1):
            x = layers.Conv2D(filters, kernel, name=f"{prefix}_conv_{index}")(x)
            x = layers.BatchNormalization(epsilon=1e-3, name=f"{prefix}_conv_{index}_BN")(x)
            x = layers.Activation("relu")(x)
            if pool:
                x = layers.MaxPooling2D(pool)(x)
        return source, layers.Flatten()(x)

    def classifier(self, tower, shape, hidden, dropout, classes):
        layers = self.keras.layers
        source, x = self.tower(*tower, shape)
        if dropout[0]:
            x = layers.Dropout(dropout[0])(x)
        x = layers.Dense(hidden, activation="relu")(x)
        if dropout[1]:
            x = layers.Dropout(dropout[1])(x)
        self.model = self.keras.Model(source, layers.Dense(classes)(x))
        self.loss = self.keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def siamese(self, towers, shapes):
        layers = self.keras.layers
        (a, x), (b, y) = (self.tower(*tower, shape) for tower, shape in zip(towers, shapes))
        x = layers.Dense(108, activation="relu")(layers.Concatenate()([x, y]))
        self.model = self.keras.Model([a, b], layers.Dense(1)(x))
        self.loss = self.keras.losses.BinaryCrossentropy(from_logits=True)

    def start_from(self, path):
        for name, values in np.load(path, allow_pickle=True).items():
            if "_conv_" in name:
                self.model.get_layer(name).set_weights(list(values))

    def save(self, path):
        arrays = {}
        for layer in self.model.layers:
            if "_conv_" in layer.name:
                weights = layer.get_weights()
                arrays[layer.name] = np.empty(len(weights), object)
                arrays[layer.name][:] = weights
        np.savez(path, **arrays)

    def compile(self, training):
        legacy = self.keras.optimizers.legacy
        if "adam" in training.rule:
            rule = legacy.Adam(training.rate, epsilon=1e-7)
        else:
            rule = legacy.SGD(training.rate, momentum=0.9, nesterov=True)
        self.model.compile(rule, self.loss)

    @staticmethod
    def turned(x):
        return [Keras.turned(part) for part in x] if isinstance(x, list) else x.transpose(0, 2, 3, 1)

    def epoch(self, x, y, training, step, steps):
        keras, rates = self.keras, training
        model = self.model

        class Rate(keras.callbacks.Callback):
            def on_train_batch_begin(self, batch, logs=None):
                keras.backend.set_value(model.optimizer.learning_rate, rates.rate_at(step + batch, steps))

        model.fit(self.turned(x), y, batch_size=training.batch, epochs=1, verbose=0, shuffle=False,
                  callbacks=[Rate()])

    def predict(self, x):
        return self.model.predict(self.turned(x), batch_size=64, verbose=0)


class Torch:
    """PyTorch eager, channels-last in memory, which is its fastest layout here."""

    def __init__(self, seed):
        import torch
        self.torch = torch
        torch.manual_seed(seed)
        torch.set_num_threads(2)

    def tower(self, prefix, blocks, shape):
        nn, layers, channels = self.torch.nn, [], 1
        height, width = shape[1:]
        for filters, kernel, pool in blocks:
            layers += [nn.Conv2d(channels, filters, kernel), nn.BatchNorm2d(filters, 1e-3, 0.01), nn.ReLU()]
            height, width, channels = height - kernel[0] + 1, width - kernel[1] + 1, filters
            if pool:
                layers.append(nn.MaxPool2d(pool))
                height, width = height // pool[0], width // pool[1]
        return nn.Sequential(*layers, nn.Flatten()), height * width * channels

    def initialize(self):
        nn = self.torch.nn
        for module in self.model.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)
        self.model = self.model.to(memory_format=self.torch.channels_last)

    def classifier(self, tower, shape, hidden, dropout, classes):
        nn = self.torch.nn
        body, count = self.tower(*tower, shape)
        self.model = nn.Sequential(
            body, nn.Dropout(dropout[0]), nn.Linear(count, hidden), nn.ReLU(), nn.Dropout(dropout[1]),
            nn.Linear(hidden, classes))
        self.towers = {tower[0]: body}
        self.initialize()
        self.loss = nn.CrossEntropyLoss()

    def siamese(self, towers, shapes):
        torch, nn = self.torch, self.torch.nn

        class Siamese(nn.Module):
            def __init__(self, a, b, count):
                super().__init__()
                self.a, self.b = a, b
                self.head = nn.Sequential(nn.Linear(count, 108), nn.ReLU(), nn.Linear(108, 1))

            def forward(self, x):
                return self.head(torch.cat([self.a(x[0]), self.b(x[1])], 1))[:, 0]

        (a, m), (b, n) = (self.tower(*tower, shape) for tower, shape in zip(towers, shapes))
        self.model = Siamese(a, b, m + n)
        self.towers = dict(zip((tower[0] for tower in towers), (a, b)))
        self.initialize()
        self.loss = nn.BCEWithLogitsLoss()

    def start_from(self, path):
        for prefix, state in self.torch.load(path).items():
            self.towers[prefix].load_state_dict(state)

    def save(self, path):
        self.torch.save({name: tower.state_dict() for name, tower in self.towers.items()}, path)

    def compile(self, training):
        optim, parameters = self.torch.optim, self.model.parameters()
        if "adam" in training.rule:
            self.rule = optim.Adam(parameters, training.rate, eps=1e-7)
        else:
            self.rule = optim.SGD(parameters, training.rate, momentum=0.9, nesterov=True)

    def tensor(self, x):
        if isinstance(x, list):
            return [self.tensor(part) for part in x]
        return self.torch.from_numpy(np.ascontiguousarray(x)).contiguous(
            memory_format=self.torch.channels_last)

    def epoch(self, x, y, training, step, steps):
        self.model.train()
        target = self.torch.from_numpy(y)
        for first in range(0, len(y), training.batch):
            rows = slice(first, first + training.batch)
            for group in self.rule.param_groups:
                group["lr"] = training.rate_at(step + first // training.batch, steps)
            batch = [part[rows] for part in x] if isinstance(x, list) else x[rows]
            self.rule.zero_grad()
            self.loss(self.model(self.tensor(batch)), target[rows]).backward()
            self.rule.step()

    def predict(self, x):
        self.model.eval()
        count = len(x[0]) if isinstance(x, list) else len(x)
        parts = []
        with self.torch.no_grad():
            for first in range(0, count, 64):
                rows = slice(first, first + 64)
                batch = [part[rows] for part in x] if isinstance(x, list) else x[rows]
                parts.append(self.model(self.tensor(batch)).numpy())
        return np.concatenate(parts)


IMITATION = ("lid", [(48, (6, 6), (2, 2)), (48, (6, 6), (2, 2)), (48, (6, 6), (1, 2))])
RECORDING = ("nyu", [(24, (5, 5), (2, 4)), (48, (5, 5), (2, 4)), (48, (5, 5), None)])


def train(peer, training, epoch_data):
    """Runs all epochs; returns their seconds."""
    peer.compile(training)
    seconds, step = [], 0
    for _ in range(training.epochs):
        start = time.perf_counter()
        x, y = epoch_data()
        steps = -(-len(y) // training.batch)
        peer.epoch(x, y, training, step, steps)
        step += steps
        seconds.append(time.perf_counter() - start)
    return seconds


def classify(peer, training, random, dropout):
    parts = {part: training.split[part] for part in ["training", "test"]}
    is_recording = training.report["layout"] == "urbansound8k"
    front_end = "tl-iminet/recording" if is_recording else "tl-iminet/imitation"
    x = {part: training.features(paths, front_end) for part, paths in parts.items()}
    y = {part: np.array([training.label(p) for p in paths]) for part, paths in parts.items()}
    tower, hidden = (RECORDING, 64) if is_recording else (IMITATION, 256)
    peer.classifier(tower, x["training"].shape[1:], hidden, dropout, len(training.report["classes"]))

    def epoch_data():
        order = random.permutation(len(y["training"]))
        return training.shifted(x["training"][order], random), y["training"][order]

    seconds = train(peer, training, epoch_data)
    accuracy = float((peer.predict(x["test"]).argmax(1) == y["test"]).mean())
    return seconds, dict(accuracy=accuracy)


def retrieve(peer, training, random, pretrained):
    split, folder = training.split, training.data
    recordings = sorted(p.name for p in (folder / "sound_recordings").iterdir())
    places = {Path(name).stem: index for index, name in enumerate(recordings)}
    references = training.features([f"sound_recordings/{name}" for name in recordings], "tl-iminet/recording")

    def meaning(path):
        return places[Path(path).stem.rsplit(" - ", 1)[0]]

    paths = split["training"]
    voices = training.features(paths, "tl-iminet/imitation")
    meanings = np.array([meaning(p) for p in paths])
    concepts = sorted(set(meanings))
    peer.siamese([IMITATION, RECORDING], [voices.shape[1:], references.shape[1:]])
    for path in pretrained or []:
        peer.start_from(path)

    def epoch_data():
        others = np.array([random.choice([c for c in concepts if c != m]) for m in meanings])
        rows = np.concatenate([np.arange(len(paths))] * 2)
        partners = np.concatenate([meanings, others])
        y = np.repeat([1, 0], len(paths)).astype(np.float32)
        order = random.permutation(len(rows))
        rows, partners = rows[order], partners[order]
        return [training.shifted(voices[rows], random), training.shifted(references[partners], random)], y[order]

    seconds = train(peer, training, epoch_data)
    queries = training.features(split["test"], "tl-iminet/imitation")
    targets = np.array([meaning(p) for p in split["test"]])
    test = sorted(places[name.split("/", 1)[1]] for name in split["testConcepts"])
    result = {}
    for name, candidates in [("test", test), ("all", list(range(len(recordings))))]:
        rows = np.repeat(np.arange(len(queries)), len(candidates))
        scores = peer.predict([queries[rows], references[np.tile(candidates, len(queries))]])
        scores = scores.reshape(len(queries), len(candidates))
        own = scores[np.arange(len(queries)), [candidates.index(t) for t in targets]]
        rank = 1 + (scores > own[:, None]).sum(1) + ((scores == own[:, None]).sum(1) - 1) / 2
        result[name] = dict(mrr=float((1 / rank).mean()), candidates=len(candidates))
    return seconds, result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("framework", choices=["keras", "torch"])
    parser.add_argument("training", type=Path)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--dropout", type=float, nargs=2, default=[0, 0])
    parser.add_argument("--from", dest="pretrained", nargs="+")
    parser.add_argument("--save")
    arguments = parser.parse_args()
    if any(key not in os.environ for key in KEEPS_MEMORY):
        os.environ.update(KEEPS_MEMORY)
        os.execv(sys.executable, [sys.executable, *sys.argv])
    training = Training(arguments.training, arguments.cache)
    training.epochs = arguments.epochs or training.epochs
    peer = (Keras if arguments.framework == "keras" else Torch)(arguments.seed)
    random = np.random.default_rng(arguments.seed)
    if training.is_siamese:
        seconds, result = retrieve(peer, training, random, arguments.pretrained)
    else:
        seconds, result = classify(peer, training, random, arguments.dropout)
    if arguments.save:
        peer.save(arguments.save)
    print(json.dumps(dict(
        framework=arguments.framework, seed=arguments.seed, epochs=len(seconds), seconds=sum(seconds),
        epoch=float(np.median(seconds)), **result)))


if __name__ == "__main__":
    main()
