"""Writes Tests/Fixtures/training/siamese: one training step of a small siamese network.

    python Scripts/reference/training_step.py Tests/Fixtures/training

PyTorch in float64: two towers of convolution, batch normalization in training mode, ReLU and
max-pooling; a dense head; binary cross-entropy of its logit. Kept are the parameters, the inputs,
the logits, the loss, the gradient of every parameter, and the statistics of the batch.
"""
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from reference_writer import ReferenceWriter

BATCH = 3
# Channels, kernel and pooling window of each block, by tower.
TOWERS = {"a": ((12, 15), [(3, (3, 3), (2, 2)), (4, (2, 3), None)]),
          "b": ((9, 14), [(2, (2, 3), (2, 4)), (3, (2, 2), None)])}


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleDict()
        for tower, (_, blocks) in TOWERS.items():
            channels = 1
            for index, (filters, kernel, _) in enumerate(blocks, 1):
                self.layers[f"{tower}_conv_{index}"] = nn.Conv2d(channels, filters, kernel)
                # A momentum of 1 leaves the statistics of the batch behind.
                self.layers[f"{tower}_norm_{index}"] = nn.BatchNorm2d(filters, eps=1e-3, momentum=1)
                channels = filters
        self.layers["hidden"] = nn.Linear(4 * 4 * 4 + 3 * 3 * 2, 5)
        self.layers["logit"] = nn.Linear(5, 1)
        self.sizes = {}

    def tower(self, name, x):
        for index, (_, _, pool) in enumerate(TOWERS[name][1], 1):
            x = self.layers[f"{name}_conv_{index}"](x)
            self.sizes[f"{name}_norm_{index}"] = x.numel() // x.shape[1]
            x = F.relu(self.layers[f"{name}_norm_{index}"](x))
            x = F.max_pool2d(x, pool) if pool else x
        return x.flatten(1)

    def forward(self, inputs):
        joint = torch.cat([self.tower(name, x) for name, x in inputs.items()], 1)
        return self.layers["logit"](F.relu(self.layers["hidden"](joint)))


def keras_name(layer, name):
    """The name and the array of a parameter as Keras keeps them."""
    if isinstance(layer, nn.BatchNorm2d):
        return {"weight": "gamma", "bias": "beta"}[name]
    return {"weight": "kernel", "bias": "bias"}[name]


def keras_array(layer, array):
    return array.T if isinstance(layer, nn.Linear) and array.dim() == 2 else array


def main(folder):
    torch.manual_seed(1)
    torch.set_default_dtype(torch.float64)
    # Single-precision numbers in double precision: both sides start from the same.
    single = lambda shape: torch.randn(shape).float().double()
    net = Siamese()
    for layer in net.layers.values():
        for name, parameter in layer.named_parameters():
            # So low a beta that the rectifiers behind it are often off, and gammas of both signs.
            shift = {"gamma": 0.2, "beta": -0.3}.get(keras_name(layer, name), 0.0)
            spread = 0.5 if isinstance(layer, nn.BatchNorm2d) else 0.3
            parameter.data = (shift + spread * single(parameter.shape)).float().double()
    inputs = {name: single((BATCH, 1) + size) for name, (size, _) in TOWERS.items()}
    labels = torch.tensor([[1.0], [0.0], [1.0]])
    logits = net(inputs)
    loss = F.binary_cross_entropy_with_logits(logits, labels)
    loss.backward()

    writer = ReferenceWriter(model="siamese", made_by=f"PyTorch {torch.__version__} float64")
    for name, x in inputs.items():
        writer.add(name, x)
    writer.add("labels", labels)
    writer.add("logits", logits.detach())
    writer.add("loss", loss.detach().reshape(1))
    for node, layer in net.layers.items():
        for name, parameter in layer.named_parameters():
            name = f"{node}/{keras_name(layer, name)}"
            writer.add(name, keras_array(layer, parameter.detach()))
            writer.add("gradient/" + name, keras_array(layer, parameter.grad))
        if isinstance(layer, nn.BatchNorm2d):
            count = net.sizes[node]
            writer.add(f"mean/{node}", layer.running_mean)
            # PyTorch keeps the unbiased estimate; this is the population's.
            writer.add(f"variance/{node}", layer.running_var * (count - 1) / count)
    os.makedirs(folder, exist_ok=True)
    writer.save(os.path.join(folder, "siamese"))


if __name__ == "__main__":
    main(sys.argv[1])
