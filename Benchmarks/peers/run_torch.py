#!/usr/bin/env python3
"""The works in PyTorch on the CPU.

Variants: eager (channels first), channels_last, compile (torch.compile, channels last).
"""

import os

import numpy as np

import peer
import works

arguments = peer.parse_arguments(__doc__, ["eager", "channels_last", "compile"])
os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(arguments.threads)

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(arguments.threads)
torch.manual_seed(0)

LAYOUT = torch.contiguous_format if arguments.variant == "eager" else torch.channels_last


class Tower(nn.Module):
    """The first `depth` convolutions of a tower; the last one's pooling on request."""

    def __init__(self, tower, depth, weights, pools_last):
        super().__init__()
        self.convolutions, self.normalizations, self.pools = nn.ModuleList(), nn.ModuleList(), []
        channels = 1
        for index, spec in enumerate(tower.convolutions[:depth], 1):
            arrays = {
                role: torch.from_numpy(weights[f"{tower.prefix}_conv_{index}.{role}"])
                for role in ("kernel", "bias", "gamma", "beta", "mean", "variance")}
            convolution = nn.Conv2d(channels, spec.filters, spec.kernel)
            normalization = nn.BatchNorm2d(spec.filters, eps=works.EPSILON, momentum=0.01)
            with torch.no_grad():
                convolution.weight.copy_(arrays["kernel"])
                convolution.bias.copy_(arrays["bias"])
                normalization.weight.copy_(arrays["gamma"])
                normalization.bias.copy_(arrays["beta"])
                normalization.running_mean.copy_(arrays["mean"])
                normalization.running_var.copy_(arrays["variance"])
            self.convolutions.append(convolution)
            self.normalizations.append(normalization)
            self.pools.append(spec.pool if index < depth or pools_last else None)
            channels = spec.filters

    def forward(self, maps):
        for convolution, normalization, pool in zip(
                self.convolutions, self.normalizations, self.pools):
            maps = F.relu(normalization(convolution(maps)))
            if pool:
                maps = F.max_pool2d(maps, pool)
        return maps


class Siamese(nn.Module):
    """Both towers and the head."""

    def __init__(self, weights):
        super().__init__()
        self.towers = nn.ModuleList(Tower(tower, 3, weights, True) for tower in works.TOWERS)
        self.hidden = nn.Linear(works.FEATURES, works.HIDDEN)
        self.output = nn.Linear(works.HIDDEN, 1)
        with torch.no_grad():
            for layer, name in ((self.hidden, "fc_1"), (self.output, "fc_2")):
                layer.weight.copy_(torch.from_numpy(weights[f"{name}.kernel"]))
                layer.bias.copy_(torch.from_numpy(weights[f"{name}.bias"]))

    def neurons(self, *inputs):
        features = [tower(x).flatten(1) for tower, x in zip(self.towers, inputs)]
        return F.relu(self.hidden(torch.cat(features, 1)))

    def forward(self, *inputs):
        return self.output(self.neurons(*inputs))


def prepared(module, trains):
    """The module in the layout asked; frozen unless it is to be trained."""
    module.train(trains)
    for parameter in module.parameters():
        parameter.requires_grad_(trains)
    return module.to(memory_format=LAYOUT)


def tensor(array):
    return torch.from_numpy(array).contiguous(memory_format=LAYOUT)


def compiled(function):
    return torch.compile(function) if arguments.variant == "compile" else function


def make_values(work, weights):
    """What computes each sample's own neuron from the inputs."""
    if work.kind == "pair":
        siamese = prepared(Siamese(weights), trains=False)
        return lambda inputs, ids: siamese.neurons(*inputs).gather(1, ids[:, None])[:, 0]
    tower = prepared(Tower(work.tower, work.depth, weights, pools_last=False), trains=False)

    def values(inputs, ids):
        maps = tower(inputs[0])[torch.arange(len(ids)), ids]
        return maps.mean((1, 2)) if work.kind == "channel" else maps[:, work.unit[0], work.unit[1]]

    return values


class FrontEnd(nn.Module):
    """A sound's normalized levels, [N, samples] to [N, 1, bands, frames]."""

    def __init__(self, sound, tower):
        super().__init__()
        import librosa  # only for the weights of its mel bands

        self.sound, self.frames = sound, tower.columns
        self.register_buffer("bands", torch.from_numpy(librosa.filters.mel(
            sr=sound.rate, n_fft=sound.size, n_mels=tower.rows)))
        self.register_buffer("window", torch.hann_window(sound.size))

    def forward(self, samples):
        spectra = torch.stft(
            samples, self.sound.size, self.sound.size, window=self.window, center=True,
            pad_mode="constant", return_complex=True)[:, :, :self.frames]
        power = self.bands @ (spectra.real**2 + spectra.imag**2)
        levels = 10 * torch.log10(power.clamp_min(1e-10))
        levels = torch.maximum(levels, levels.amax((1, 2), keepdim=True) - 80)
        mean = levels.mean((1, 2), keepdim=True)
        deviation = levels.std((1, 2), unbiased=False, keepdim=True)
        return ((levels - mean) / deviation)[:, None].contiguous(memory_format=LAYOUT)


def make_ascent(work, weights):
    """One step of an ascent, and of how many neurons it is."""
    values = make_values(work, weights)
    count = 1 if arguments.mode == "single" else arguments.batch or work.count
    if work.sound:
        front_end, seen = FrontEnd(work.sound, work.tower), values
        values = lambda inputs, ids: seen([front_end(inputs[0])], ids)
        inputs = [torch.randn(count, work.sound.samples).requires_grad_(True)]
    else:
        inputs = [tensor(peer.noise(count, tower)).requires_grad_(True) for tower in work.inputs]
    loss = compiled(lambda inputs, ids: -values(inputs, ids).sum())
    if arguments.gradients:
        ids = torch.arange(count)
        loss(inputs, ids).backward()
        with torch.no_grad():
            reached = values(inputs, ids).numpy()
        # The loss is the negative of the objective.
        peer.write_gradients(
            arguments.gradients, work, [x.detach().numpy() for x in inputs], reached,
            [-x.grad.numpy() for x in inputs])
        raise SystemExit
    optimizer = torch.optim.Adam(inputs, lr=works.RATE, weight_decay=works.DECAY)
    order = peer.NeuronOrder(work.count)

    def step():
        ids = torch.arange(count)
        if arguments.mode == "single":
            neuron, begins = order.next()
            ids = torch.tensor([neuron])
            if begins:
                with torch.no_grad():
                    for x in inputs:
                        x.normal_()
        optimizer.zero_grad(set_to_none=True)
        loss(inputs, ids).backward()
        optimizer.step()

    return step, count


def make_training(work, weights):
    """One step of training the siamese network, and of how many pairs it is."""
    siamese = prepared(Siamese(weights), trains=True)
    inputs = [tensor(peer.noise(work.count, tower)) for tower in work.inputs]
    labels = np.random.default_rng(2).random((work.count, 1)) < 0.5
    labels = torch.from_numpy(labels.astype(np.float32))
    optimizer = torch.optim.SGD(siamese.parameters(), lr=1e-3, momentum=0.9)
    loss = compiled(lambda: F.binary_cross_entropy_with_logits(siamese(*inputs), labels))

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss().backward()
        optimizer.step()

    return step, work.count


if __name__ == "__main__":
    peer.run(arguments, "PyTorch", torch.__version__, make_ascent, make_training)
