#!/usr/bin/env python3
"""The works in JAX on the CPU: the whole step, gradient and Adam, one jit.

Variants: nchw, nhwc. JAX has no number of threads: the process is bound to so many cores.
"""

import os

import numpy as np

import peer
import works

arguments = peer.parse_arguments(__doc__, ["nchw", "nhwc"])
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:arguments.threads])
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
from jax import lax

CHANNELS_LAST = arguments.variant == "nhwc"
LAYOUTS = ("NHWC", "HWIO", "NHWC") if CHANNELS_LAST else ("NCHW", "OIHW", "NCHW")


def per_channel(vector):
    """A vector over channels, shaped to go with maps."""
    return vector if CHANNELS_LAST else vector[:, None, None]


def arranged(array):
    """A batch [N, C, H, W] in the layout of the variant, or back from it."""
    return jnp.asarray(array.transpose(0, 2, 3, 1) if CHANNELS_LAST else array)


def channels_first(maps):
    return maps.transpose(0, 3, 1, 2) if CHANNELS_LAST else maps


def tower_parameters(tower, depth, weights):
    """Per convolution its arrays by role."""
    parameters = []
    for index in range(1, depth + 1):
        arrays = {
            role: jnp.asarray(weights[f"{tower.prefix}_conv_{index}.{role}"])
            for role in ("kernel", "bias", "gamma", "beta", "mean", "variance")}
        if CHANNELS_LAST:
            arrays["kernel"] = arrays["kernel"].transpose(2, 3, 1, 0)
        parameters.append(arrays)
    return parameters


def run_tower(parameters, tower, maps, pools_last, trains=False):
    """The maps behind the convolutions that there are parameters for."""
    axes = (0, 1, 2) if CHANNELS_LAST else (0, 2, 3)
    for index, (arrays, spec) in enumerate(zip(parameters, tower.convolutions), 1):
        maps = lax.conv_general_dilated(
            maps, arrays["kernel"], (1, 1), "VALID", dimension_numbers=LAYOUTS)
        maps = maps + per_channel(arrays["bias"])
        mean = maps.mean(axes) if trains else arrays["mean"]
        variance = maps.var(axes) if trains else arrays["variance"]
        scale = arrays["gamma"] * lax.rsqrt(variance + works.EPSILON)
        maps = (maps - per_channel(mean)) * per_channel(scale) + per_channel(arrays["beta"])
        maps = jnp.maximum(maps, 0)
        if spec.pool and (index < len(parameters) or pools_last):
            window = (1, *spec.pool, 1) if CHANNELS_LAST else (1, 1, *spec.pool)
            maps = lax.reduce_window(maps, -jnp.inf, lax.max, window, window, "VALID")
    return maps


def siamese_parameters(weights):
    parameters = {
        tower.prefix: tower_parameters(tower, 3, weights) for tower in works.TOWERS}
    for name in ("fc_1.kernel", "fc_1.bias", "fc_2.kernel", "fc_2.bias"):
        parameters[name] = jnp.asarray(weights[name])
    return parameters


def hidden_neurons(parameters, inputs, trains=False):
    features = [
        channels_first(run_tower(parameters[tower.prefix], tower, x, True, trains))
        for tower, x in zip(works.TOWERS, inputs)]
    features = jnp.concatenate([maps.reshape(len(maps), -1) for maps in features], 1)
    return jnp.maximum(features @ parameters["fc_1.kernel"].T + parameters["fc_1.bias"], 0)


def make_values(work, weights):
    """What computes each sample's own neuron from the inputs."""
    if work.kind == "pair":
        parameters = siamese_parameters(weights)
        return lambda inputs, ids: jnp.take_along_axis(
            hidden_neurons(parameters, inputs), ids[:, None], 1)[:, 0]
    parameters = tower_parameters(work.tower, work.depth, weights)

    def values(inputs, ids):
        maps = channels_first(run_tower(parameters, work.tower, inputs[0], pools_last=False))
        maps = jnp.take_along_axis(maps, ids[:, None, None, None], 1)[:, 0]
        return maps.mean((1, 2)) if work.kind == "channel" else maps[:, work.unit[0], work.unit[1]]

    return values


def adam(x, slope, first, second, step):
    """One step of Adam with decay: the cells and both moments after it."""
    slope = slope + works.DECAY * x
    first = 0.9 * first + 0.1 * slope
    second = 0.999 * second + 0.001 * slope * slope
    deviation = jnp.sqrt(second / (1 - 0.999**step)) + 1e-8
    return x - works.RATE * (first / (1 - 0.9**step)) / deviation, first, second


def make_ascent(work, weights):
    """One step of an ascent, and of how many neurons it is."""
    values = make_values(work, weights)
    count = 1 if arguments.mode == "single" else work.count

    def loss(inputs, ids):
        return -values(inputs, ids).sum()

    def begin(seed):
        inputs = [arranged(peer.noise(count, tower, seed)) for tower in work.inputs]
        zeros = [jnp.zeros_like(x) for x in inputs]
        return inputs, zeros, zeros, 1.0

    inputs, *_ = begin(seed=1)
    if arguments.gradients:
        ids = jnp.arange(count)
        # The loss is the negative of the objective.
        slopes = [-np.asarray(channels_first(slope)) for slope in jax.grad(loss)(inputs, ids)]
        peer.write_gradients(
            arguments.gradients, work, [peer.noise(count, tower) for tower in work.inputs],
            np.asarray(values(inputs, ids)), slopes)
        raise SystemExit

    @jax.jit
    def update(inputs, first, second, step, ids):
        slopes = jax.grad(loss)(inputs, ids)
        moved = [adam(*arrays, step) for arrays in zip(inputs, slopes, first, second)]
        return *(list(arrays) for arrays in zip(*moved)), step + 1

    order = peer.NeuronOrder(work.count)
    state = begin(seed=1)

    def step():
        nonlocal state
        ids = jnp.arange(count)
        if arguments.mode == "single":
            neuron, begins = order.next()
            ids = jnp.array([neuron])
            if begins:
                state = begin(seed=neuron)
        state = update(*state, ids)
        jax.block_until_ready(state)

    return step, count


def make_training(work, weights):
    """One step of training the siamese network, and of how many pairs it is."""
    parameters = siamese_parameters(weights)
    inputs = [arranged(peer.noise(work.count, tower)) for tower in work.inputs]
    labels = np.random.default_rng(2).random((work.count, 1)) < 0.5
    labels = jnp.asarray(labels.astype(np.float32))

    def loss(parameters):
        neurons = hidden_neurons(parameters, inputs, trains=True)
        logits = neurons @ parameters["fc_2.kernel"].T + parameters["fc_2.bias"]
        return jnp.mean(
            jnp.maximum(logits, 0) - logits * labels + jnp.log1p(jnp.exp(-jnp.abs(logits))))

    @jax.jit
    def update(parameters, momentum):
        slopes = jax.grad(loss)(parameters)
        momentum = jax.tree.map(lambda m, slope: 0.9 * m + slope, momentum, slopes)
        return jax.tree.map(lambda p, m: p - 1e-3 * m, parameters, momentum), momentum

    state = parameters, jax.tree.map(jnp.zeros_like, parameters)

    def step():
        nonlocal state
        state = update(*state)
        jax.block_until_ready(state)

    return step, work.count


if __name__ == "__main__":
    peer.run(arguments, "JAX", jax.__version__, make_ascent, make_training)
