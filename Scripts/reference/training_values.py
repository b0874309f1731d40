"""Writes Tests/Fixtures/training/{losses,weight_decay,trainers}: what training computes, by PyTorch in float64.

    python Scripts/reference/training_values.py Tests/Fixtures/training

losses: values and gradients of softmax cross-entropy with class weights, binary cross-entropy,
contrastive and triplet loss.
weight_decay: six steps of SGD with Nesterov's momentum and weight decay.
trainers: two whole-batch steps of a small classifier and of a small siamese network under each of its
losses, with Keras' rules: weights and statistics before and after, losses, and the loss in inference.
"""
import copy
import math
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from reference_writer import ReferenceWriter

TOWERS = {"a": ((12, 15), [(3, (3, 3), (2, 2)), (4, (2, 3), None)]),
          "b": ((9, 14), [(2, (2, 3), (2, 4)), (3, (2, 2), None)])}
FEATURES = {"a": 4 * 4 * 4, "b": 3 * 3 * 2}
# The share of the statistics that stays, and the margins of the losses.
MOMENTUM, CONTRASTIVE, TRIPLET = 0.9, 0.8, 0.5
STEPS = 2


def single(*shape):
    """Single-precision numbers in double precision: both sides start from the same."""
    return torch.randn(shape).float().double()


# MARK: losses

def contrastive(logits, matches):
    p = torch.sigmoid(logits)
    return torch.where(matches, (1 - p) ** 2, F.relu(CONTRASTIVE - (1 - p)) ** 2).mean()


def triplet(logits, matches):
    return F.relu(TRIPLET - logits[0::2] + logits[1::2]).mean()


def cross_entropy(logits, matches):
    return F.binary_cross_entropy_with_logits(logits, matches.double())


PAIR_LOSSES = {"binary": cross_entropy, "contrastive": contrastive, "triplet": triplet}


def write_losses(folder):
    writer = ReferenceWriter(made_by=f"PyTorch {torch.__version__} float64")
    logits = (3 * single(6, 4)).requires_grad_()
    labels, weights = torch.tensor([0, 3, 1, 1, 2, 0]), torch.tensor([0.5, 2.0, 1.0, 1.5]).double()
    # Keras' mean: by the number of examples.
    loss = F.cross_entropy(logits, labels, weight=weights, reduction="sum") / 6
    loss.backward()
    for name, array in dict(logits=logits.detach(), labels=labels, weights=weights,
                            loss=loss.detach().reshape(1), gradient=logits.grad).items():
        writer.add("softmax/" + name, array)
    matches = torch.tensor([True, False] * 4)
    for name, function in PAIR_LOSSES.items():
        logits = (2 * single(8)).requires_grad_()
        loss = function(logits, matches)
        loss.backward()
        for key, array in dict(logits=logits.detach(), loss=loss.detach().reshape(1),
                               gradient=logits.grad).items():
            writer.add(f"{name}/{key}", array.reshape(-1, 1) if array.numel() == 8 else array)
    writer.save(os.path.join(folder, "losses"))


# MARK: weight decay

def write_weight_decay(folder):
    writer = ReferenceWriter(made_by=f"PyTorch {torch.__version__} float64")
    weights, gradients = single(5).requires_grad_(), single(6, 5)
    writer.add("start", weights.detach())
    writer.add("gradients", gradients)
    rule = torch.optim.SGD([weights], lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.2)
    after = []
    for gradient in gradients:
        weights.grad = gradient
        rule.step()
        after.append(weights.detach().clone())
    writer.add("nesterov", torch.stack(after))
    writer.save(os.path.join(folder, "weight_decay"))


# MARK: trainers

class Net(nn.Module):
    """Towers of convolution, normalization, ReLU and pooling; then two fully connected layers."""

    def __init__(self, towers, hidden, outputs, prefix):
        super().__init__()
        self.towers, self.prefix = towers, prefix
        self.layers = nn.ModuleDict()
        for tower in towers:
            channels = 1
            for index, (filters, kernel, _) in enumerate(TOWERS[tower][1], 1):
                self.layers[f"{tower}_conv_{index}"] = nn.Conv2d(channels, filters, kernel)
                self.layers[f"{tower}_conv_{index}_BN"] = norm = nn.BatchNorm2d(filters, eps=1e-3)
                norm.register_forward_hook(keep_statistics)
                channels = filters
        self.layers[prefix + "fc_1"] = nn.Linear(sum(FEATURES[t] for t in towers), hidden)
        self.layers[prefix + "fc_2"] = nn.Linear(hidden, outputs)
        for layer in self.layers.values():
            for name, parameter in layer.named_parameters():
                shift, spread = {"gamma": (0.2, 0.5), "beta": (-0.3, 0.5)}.get(
                    keras_name(layer, name), (0.0, 0.3))
                parameter.data = (shift + spread * single(*parameter.shape)).float().double()

    def forward(self, inputs):
        flat = []
        for tower in self.towers:
            x = inputs[tower]
            for index, (_, _, pool) in enumerate(TOWERS[tower][1], 1):
                name = f"{tower}_conv_{index}"
                x = F.relu(self.layers[name + "_BN"](self.layers[name](x)))
                x = F.max_pool2d(x, pool) if pool else x
            flat.append(x.flatten(1))
        x = F.relu(self.layers[self.prefix + "fc_1"](torch.cat(flat, 1)))
        return self.layers[self.prefix + "fc_2"](x)


def keep_statistics(layer, inputs, _):
    """Keras' rule: a share of MOMENTUM stays, and the variance is the population's."""
    if layer.training:
        x = inputs[0].detach()
        layer.moved = (MOMENTUM * layer.kept[0] + (1 - MOMENTUM) * x.mean((0, 2, 3)),
                       MOMENTUM * layer.kept[1] + (1 - MOMENTUM) * x.var((0, 2, 3), correction=0))


def keras_name(layer, name):
    if isinstance(layer, nn.BatchNorm2d):
        return {"weight": "gamma", "bias": "beta"}[name]
    return {"weight": "kernel", "bias": "bias"}[name]


def write_net(writer, prefix, net):
    for node, layer in net.layers.items():
        node += "_pre" if isinstance(layer, nn.Linear) else ""
        for name, array in layer.named_parameters():
            array = array.detach()
            linear = isinstance(layer, nn.Linear) and array.dim() == 2
            writer.add(f"{prefix}/{node}/{keras_name(layer, name)}", array.T if linear else array)
        if isinstance(layer, nn.BatchNorm2d):
            writer.add(f"{prefix}/{node}/mean", layer.kept[0])
            writer.add(f"{prefix}/{node}/variance", layer.kept[1])


class Nesterov:
    """Keras' SGD with Nesterov's momentum and decay."""

    def __init__(self, parameters, rate, decay):
        self.parameters, self.rate, self.decay, self.steps = list(parameters), rate, decay, 0
        self.velocities = [torch.zeros_like(p) for p in self.parameters]

    def step(self):
        rate = self.rate / (1 + self.decay * self.steps)
        self.steps += 1
        for parameter, velocity in zip(self.parameters, self.velocities):
            velocity.mul_(0.9).sub_(rate * parameter.grad)
            parameter.data += 0.9 * velocity - rate * parameter.grad


class Adam:
    """Keras' Adam."""

    def __init__(self, parameters, rate):
        self.parameters, self.rate, self.steps = list(parameters), rate, 0
        self.means = [torch.zeros_like(p) for p in self.parameters]
        self.squares = [torch.zeros_like(p) for p in self.parameters]

    def step(self):
        self.steps += 1
        rate = self.rate * math.sqrt(1 - 0.999 ** self.steps) / (1 - 0.9 ** self.steps)
        for parameter, mean, square in zip(self.parameters, self.means, self.squares):
            mean.mul_(0.9).add_(0.1 * parameter.grad)
            square.mul_(0.999).add_(0.001 * parameter.grad ** 2)
            parameter.data -= rate * mean / (square.sqrt() + 1e-7)


def train(writer, prefix, net, rule, inputs, loss_of):
    losses, inference = [], []
    for layer in net.layers.values():
        if isinstance(layer, nn.BatchNorm2d):
            layer.kept = (torch.zeros_like(layer.bias.data), torch.ones_like(layer.bias.data))
    write_net(writer, prefix + "/before", net)
    for _ in range(STEPS):
        net.train()
        net.zero_grad()
        loss = loss_of(net(inputs))
        loss.backward()
        rule.step()
        losses.append(loss.item())
        for layer in net.layers.values():
            if isinstance(layer, nn.BatchNorm2d):
                layer.kept = layer.moved
                layer.running_mean.copy_(layer.kept[0])
                layer.running_var.copy_(layer.kept[1])
        net.eval()
        with torch.no_grad():
            inference.append(loss_of(net(inputs)).item())
    write_net(writer, prefix + "/after", net)
    writer.add(prefix + "/losses", np.array(losses))
    writer.add(prefix + "/inference", np.array(inference))


def write_trainers(folder):
    writer = ReferenceWriter(made_by=f"PyTorch {torch.__version__} float64")
    x, labels = single(6, 1, *TOWERS["a"][0]), torch.tensor([0, 2, 1, 1, 0, 2])
    writer.add("classifier/features", x)
    writer.add("classifier/labels", labels)
    net = Net(["a"], 5, 3, "a_")
    train(writer, "classifier", net, Adam(net.parameters(), 0.01), {"a": x},
          lambda logits: F.cross_entropy(logits, labels))

    # Two concepts of one recording each: which recording does not belong to an imitation is no choice.
    imitations, recordings = single(4, 1, *TOWERS["a"][0]), single(2, 1, *TOWERS["b"][0])
    meanings = torch.tensor([0, 1, 1, 0])
    writer.add("siamese/imitations", imitations)
    writer.add("siamese/recordings", recordings)
    writer.add("siamese/meanings", meanings)
    rows = torch.arange(4).repeat_interleave(2)
    matches = torch.tensor([True, False] * 4)
    partners = torch.where(matches, meanings[rows], 1 - meanings[rows])
    start = Net(["a", "b"], 5, 1, "")
    for name, loss in PAIR_LOSSES.items():
        net = copy.deepcopy(start)
        train(writer, "siamese/" + name, net, Nesterov(net.parameters(), 0.05, 0.1),
              {"a": imitations[rows], "b": recordings[partners]},
              lambda logits: loss(logits[:, 0], matches))
    writer.save(os.path.join(folder, "trainers"))


def main(folder):
    torch.manual_seed(1)
    torch.set_default_dtype(torch.float64)
    os.makedirs(folder, exist_ok=True)
    write_losses(folder)
    write_weight_decay(folder)
    write_trainers(folder)


if __name__ == "__main__":
    main(sys.argv[1])
