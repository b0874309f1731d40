#!/usr/bin/env python3
"""The works in TensorFlow and Keras on the CPU: a frozen model, the whole step one tf.function."""

import os

import numpy as np

import peer
import works

arguments = peer.parse_arguments(__doc__, ["function"])
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras
import tensorflow as tf
from keras import layers

tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)
tf.config.threading.set_inter_op_parallelism_threads(1)


def make_tower(tower, depth, weights, pools_last):
    """Input and output of the first convolutions of a tower, channels last."""
    source = maps = keras.Input((tower.rows, tower.columns, 1))
    for index, spec in enumerate(tower.convolutions[:depth], 1):
        arrays = {
            role: weights[f"{tower.prefix}_conv_{index}.{role}"]
            for role in ("kernel", "bias", "gamma", "beta", "mean", "variance")}
        convolution = layers.Conv2D(spec.filters, spec.kernel)
        normalization = layers.BatchNormalization(epsilon=works.EPSILON)
        maps = layers.ReLU()(normalization(convolution(maps)))
        if spec.pool and (index < depth or pools_last):
            maps = layers.MaxPooling2D(spec.pool)(maps)
        convolution.set_weights([arrays["kernel"].transpose(2, 3, 1, 0), arrays["bias"]])
        normalization.set_weights(
            [arrays[role] for role in ("gamma", "beta", "mean", "variance")])
    return source, maps


def make_siamese(weights):
    """The model up to the hidden neurons, and the whole one."""
    towers = [make_tower(tower, 3, weights, True) for tower in works.TOWERS]
    # The weights are for features in channels-first order.
    features = [layers.Flatten()(layers.Permute((3, 1, 2))(maps)) for _, maps in towers]
    hidden = layers.Dense(works.HIDDEN, activation="relu")
    output = layers.Dense(1, activation="sigmoid")
    neurons = hidden(layers.Concatenate()(features))
    probability = output(neurons)
    for layer, name in ((hidden, "fc_1"), (output, "fc_2")):
        layer.set_weights([weights[f"{name}.kernel"].T, weights[f"{name}.bias"]])
    sources = [source for source, _ in towers]
    return keras.Model(sources, neurons), keras.Model(sources, probability)


def make_values(work, weights):
    """What computes each sample's own neuron from the inputs."""
    if work.kind == "pair":
        model, _ = make_siamese(weights)
        model.trainable = False
        return lambda inputs, ids: tf.gather(
            model(inputs, training=False), ids, axis=1, batch_dims=1)
    model = keras.Model(*make_tower(work.tower, work.depth, weights, pools_last=False))
    model.trainable = False

    def values(inputs, ids):
        mask = tf.one_hot(ids, work.count)
        maps = tf.einsum("nhwc,nc->nhw", model(inputs[0], training=False), mask)
        if work.kind == "channel":
            return tf.reduce_mean(maps, (1, 2))
        return maps[:, work.unit[0], work.unit[1]]

    return values


def channels_last(array):
    return array.transpose(0, 2, 3, 1)


def make_ascent(work, weights):
    """One step of an ascent, and of how many neurons it is."""
    values = make_values(work, weights)
    count = 1 if arguments.mode == "single" else work.count
    inputs = [tf.Variable(channels_last(peer.noise(count, tower))) for tower in work.inputs]
    optimizer = keras.optimizers.Adam(works.RATE)
    optimizer.build(inputs)

    def gradients(ids):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(inputs)
            loss = -tf.reduce_sum(values(inputs, ids))
        return tape.gradient(loss, inputs)

    if arguments.gradients:
        ids = tf.range(count)
        # The loss is the negative of the objective.
        slopes = [-slope.numpy().transpose(0, 3, 1, 2) for slope in gradients(ids)]
        peer.write_gradients(
            arguments.gradients, work, [peer.noise(count, tower) for tower in work.inputs],
            values(inputs, ids).numpy(), slopes)
        raise SystemExit

    @tf.function
    def update(ids):
        slopes = [slope + works.DECAY * x for slope, x in zip(gradients(ids), inputs)]
        optimizer.apply_gradients(zip(slopes, inputs))

    order = peer.NeuronOrder(work.count)

    def step():
        ids = tf.range(count)
        if arguments.mode == "single":
            neuron, begins = order.next()
            ids = tf.constant([neuron])
            if begins:
                for x in inputs:
                    x.assign(tf.random.normal(x.shape))
        update(ids)

    return step, count


def make_training(work, weights):
    """One step of training the siamese network, and of how many pairs it is."""
    _, model = make_siamese(weights)
    inputs = [tf.constant(channels_last(peer.noise(work.count, tower))) for tower in work.inputs]
    labels = np.random.default_rng(2).random((work.count, 1)) < 0.5
    labels = tf.constant(labels.astype(np.float32))
    optimizer = keras.optimizers.SGD(1e-3, momentum=0.9)
    optimizer.build(model.trainable_variables)
    cross_entropy = keras.losses.BinaryCrossentropy()

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = cross_entropy(labels, model(inputs, training=True))
        variables = model.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))

    return step, work.count


if __name__ == "__main__":
    peer.run(arguments, "TensorFlow", tf.__version__, make_ascent, make_training)
