"""Writes Tests/Fixtures/training/optimizers: six steps of Keras' legacy optimizers.

    python Scripts/reference/optimizer_values.py Tests/Fixtures/training

SGD plain, with momentum and decay, and with Nesterov's; Adam with decay.
"""
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf
import tf_keras

from reference_writer import ReferenceWriter


def main(folder):
    legacy = tf_keras.optimizers.legacy
    random = np.random.default_rng(1)
    # Single-precision numbers in double precision: both sides start from the same.
    start, gradients = (
        random.standard_normal(shape).astype("f").astype("d") for shape in [5, (6, 5)])
    writer = ReferenceWriter(made_by=f"tf_keras {tf_keras.__version__}")
    writer.add("start", start)
    writer.add("gradients", gradients)
    for name, rule in {
        "plain": legacy.SGD(0.1), "momentum": legacy.SGD(0.1, momentum=0.9, decay=0.05),
        "nesterov": legacy.SGD(0.1, momentum=0.9, nesterov=True, decay=0.05),
        "adam": legacy.Adam(0.1, decay=0.05),
    }.items():
        weights = tf.Variable(start)
        after = []
        for gradient in gradients:
            rule.apply_gradients([(tf.constant(gradient), weights)])
            after.append(weights.numpy().copy())
        writer.add(name, np.stack(after))
    writer.save(os.path.join(folder, "optimizers"))


if __name__ == "__main__":
    main(sys.argv[1])
