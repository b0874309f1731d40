"""Writes Tests/Fixtures/formats: small files of PyTorch, safetensors and Keras 3, and golden values.

    KERAS_BACKEND=torch python Scripts/reference/format_fixtures.py Tests/Fixtures/formats

Needs torch 2.13, keras 3.15, h5py and safetensors. Values are computed by the frameworks themselves
in single precision. torch.save puts a random number into each file, so that its bytes differ from
run to run.
"""
import json
import os
import pickle
import sys
import zipfile

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

from reference_writer import ReferenceWriter


def small():
    """A network of everything that a state dict has weights of."""
    torch.manual_seed(3)
    net = nn.Sequential(
        nn.Conv2d(1, 4, (3, 2), stride=(2, 1), padding=(1, 0)), nn.BatchNorm2d(4), nn.ReLU(),
        nn.Conv2d(4, 4, 3, groups=2, bias=False), nn.LeakyReLU(0.1), nn.MaxPool2d((1, 2)),
        nn.Flatten(), nn.Linear(24, 5), nn.Softmax(1))
    for name, tensor in net.state_dict().items():
        if tensor.is_floating_point() and name.startswith("1."):
            tensor.copy_(torch.rand_like(tensor) + 0.5)
    return net.eval()


def small_architecture():
    node = lambda name, kind, reads, **more: dict(name=name, kind=kind, inputs=[reads], **more)
    return dict(version=1, inputs=[dict(name="x", shape=[1, 10, 7])], outputs=["softmax"], nodes=[
        node("conv_1", "Conv2D", "x", settings=dict(strides=[2, 1], padding=[1, 1, 0, 0]),
             weights=dict(kernel="0.weight", bias="0.bias")),
        node("bn", "BatchNormalization", "conv_1", weights=dict(
            gamma="1.weight", beta="1.bias", mean="1.running_mean", variance="1.running_var")),
        node("relu", "ReLU", "bn"),
        node("conv_2", "Conv2D", "relu", settings=dict(groups=2), weights=dict(kernel="3.weight")),
        node("leaky", "LeakyReLU", "conv_2", settings=dict(negativeSlope=0.1)),
        node("pool", "MaxPooling2D", "leaky", settings=dict(window=[1, 2])),
        node("flatten", "Flatten", "pool"),
        node("fc", "Dense", "flatten", weights=dict(
            kernel=dict(name="7.weight", permute=[1, 0]), bias="7.bias")),
        node("softmax", "Softmax", "fc"),
    ])


def small_values(net):
    x = torch.randn(1, 1, 10, 7, requires_grad=True)
    writer = ReferenceWriter(made_by=f"torch {torch.__version__}")
    writer.add("input0/x", x[0].detach())
    y, names = x, [node["name"] for node in small_architecture()["nodes"]]
    for name, layer in zip(names, net):
        y = layer(y)
        writer.add(f"input0/activation/{name}", y[0].detach())
    for k in range(3):
        gradient, = torch.autograd.grad(y[0, k], x, retain_graph=True)
        writer.add(f"input0/gradient/softmax/{k}/x", gradient[0])
    return writer


class Evil:
    def __reduce__(self):
        return os.system, ("touch /tmp/tonoscope-was-here",)


def torch_files(at):
    net = small()
    state = net.state_dict()
    plain = {name: tensor.clone() for name, tensor in state.items()}
    with open(at("small.architecture.json"), "w") as file:
        json.dump(small_architecture(), file, indent=1)
    small_values(net).save(at("small"))
    torch.save(plain, at("small.pt"))
    save_file(plain, at("small.safetensors"), metadata={"format": "pt"})
    # The same weights in other words; all are read with the same architecture.
    optimizer = torch.optim.Adam(net.parameters())
    torch.save(dict(
        epoch=3, best=0.25, name="run", flags=[True, None, (1, 2)], seen={1, 2}, raw=b"\x00\xff",
        big=1 << 80, device=torch.device("cpu"), type=torch.float32, shape=torch.Size([1, 2]),
        optimizer=optimizer.state_dict(), state_dict=state), at("checkpoint.pth"))
    torch.save(dict(model=dict(model_state_dict=plain)), at("nested.pt"))
    torch.save({"module." + name: tensor for name, tensor in plain.items()}, at("parallel.pt"))
    torch.save({n: nn.Parameter(t) if t.is_floating_point() else t for n, t in plain.items()},
               at("parameters.pt"))
    for protocol in (3, 4, 5):
        torch.save(plain, at(f"protocol_{protocol}.pt"), pickle_protocol=protocol)
    # Views: one storage for all, columns first, every second element.
    flat = torch.cat([torch.zeros(7)] + [t.reshape(-1) for t in plain.values()])
    views, start = {}, 7
    for name, tensor in plain.items():
        views[name] = flat[start:start + tensor.numel()].view(tensor.shape)
        start += tensor.numel()
    views["7.weight"] = plain["7.weight"].t().contiguous().t()
    views["0.bias"] = torch.stack([plain["0.bias"], plain["0.bias"] * 9], 1)[:, 0]
    torch.save(views, at("views.pt"))
    torch.save({n: t.double() for n, t in plain.items()}, at("double.pt"))
    # Refused ones.
    torch.save(net, at("module.pt"))
    torch.save(plain, at("legacy.pt"), _use_new_zipfile_serialization=False)
    torch.jit.trace(net, torch.zeros(1, 1, 10, 7)).save(at("script.pt"))
    torch.save(dict(plain, extra=Evil()), at("evil.pt"))
    torch.save(dict(epoch=3), at("no_tensors.pt"))


def typed_files(at):
    values = torch.tensor([0, 1, 2, 3, 100, 127])
    types = dict(f64=torch.float64, f32=torch.float32, f16=torch.float16, bf16=torch.bfloat16,
                 i64=torch.int64, i32=torch.int32, i16=torch.int16, i8=torch.int8, u8=torch.uint8,
                 bool=torch.bool, u16=torch.uint16, u32=torch.uint32, u64=torch.uint64)
    arrays = {name: values.to(kind) for name, kind in types.items()}
    arrays["half"] = torch.tensor([-2.5, 6e-8, 6.1e-5, 65504, float("inf")], dtype=torch.float16)
    arrays["brain"] = torch.tensor([-2.5, 1e-40, 3.3895e38, 1.5], dtype=torch.bfloat16)
    arrays["scalar"] = torch.tensor(2.5)
    arrays["empty"] = torch.zeros(0, 3)
    torch.save(arrays, at("types.pt"))
    save_file(arrays, at("types.safetensors"))
    torch.save(dict(complex=torch.zeros(2, dtype=torch.complex64), real=torch.zeros(2)),
               at("complex.pt"))


def keras_models():
    layers = keras.layers
    x = keras.Input((9, 8, 2), name="x")
    y = layers.SeparableConv2D(4, 3, name="separable", padding="same", activation="relu6")(x)
    y = layers.BatchNormalization(name="bn_a", scale=False)(y)
    y = layers.LeakyReLU(0.2, name="leaky")(y)
    y = layers.DepthwiseConv2D((2, 3), name="depthwise", strides=2, depth_multiplier=2)(y)
    y = layers.ReLU(name="relu", max_value=2, negative_slope=0.1, threshold=0.05)(y)
    y = layers.Conv2D(4, 2, name="conv_b", groups=2, use_bias=False, data_format="channels_last")(y)
    y = layers.AveragePooling2D(2, name="mean", padding="same")(y)
    y = layers.Flatten(name="flatten")(y)
    y = layers.Dense(5, name="fc_1", activation="hard_sigmoid")(y)
    y = layers.Dropout(0.5, name="drop")(y)
    yield "layers", keras.Model(x, layers.Dense(3, name="fc_2", activation="softmax")(y), name="layers")

    first = dict(data_format="channels_first")
    def tower(name, shape):
        return keras.Sequential([
            keras.Input(shape), layers.Conv2D(3, 3, name="conv_1", **first),
            layers.BatchNormalization(axis=1, name="bn_1"), layers.Activation("relu", name="ac_1"),
            layers.Conv2D(2, 2, name="conv_2", activation="tanh", **first),
            layers.Flatten(name="flat")], name=name)
    a, b = keras.Input((1, 7, 6), name="a"), keras.Input((1, 6, 8), name="b")
    one, two = tower("one", (1, 7, 6)), tower("two", (1, 6, 8))
    two.get_layer("conv_1").trainable = False
    head = keras.Sequential([keras.Input((54,)), layers.Dense(6, activation="gelu", name="hidden"),
                             layers.Dense(1, activation="sigmoid", name="score")], name="head")
    joined = layers.Concatenate(name="merge")([one(a), two(b)])
    yield "nested", keras.Model([a, b], head(joined), name="siamese")


def keras_files(at):
    for name, model in keras_models():
        random = np.random.default_rng(5)
        model.set_weights([random.uniform(0.2, 0.8, w.shape) if "vari" in v.path or "gamma" in v.path
                           else random.normal(size=w.shape) * 0.4
                           for v, w in zip(model.weights, model.get_weights())])
        model.save(at(f"{name}.keras"))
        model.save_weights(at(f"{name}.weights.h5"))
        with open(at(f"{name}_keras.json"), "w") as file:
            file.write(model.to_json())
        inputs = [torch.randn(1, *t.shape[1:], requires_grad=True) for t in model.inputs]
        watched = keras.Model(model.inputs, [l.output for l in model.layers
                                             if not isinstance(l, (keras.layers.InputLayer, keras.Sequential))]
                              + [model.output])
        names = [l.name for l in model.layers
                 if not isinstance(l, (keras.layers.InputLayer, keras.Sequential))] + ["output"]
        outputs = watched(inputs if len(inputs) > 1 else inputs[0], training=False)
        first = lambda t: t[0].detach().cpu().numpy().transpose(2, 0, 1) \
            if t.ndim == 4 and name == "layers" else t[0].detach().cpu().numpy()
        writer = ReferenceWriter(made_by=f"keras {keras.__version__} with torch {torch.__version__}")
        for tensor, x in zip(model.inputs, inputs):
            writer.add(f"input0/{tensor.name}", first(x))
        for key, y in zip(names, outputs):
            writer.add(f"input0/activation/{key}", first(y))
        gradients = torch.autograd.grad(outputs[-1][0, 0], inputs)
        for tensor, gradient in zip(model.inputs, gradients):
            writer.add(f"input0/gradient/output/0/{tensor.name}", first(gradient))
        writer.save(at(f"{name}"))
    # Damaged HDF5 inside of an archive that is whole.
    with zipfile.ZipFile(at("layers.keras")) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    damaged = bytearray(entries["model.weights.h5"])
    for place in range(600, 1800, 7):
        damaged[place] ^= 0xFF
    with zipfile.ZipFile(at("damaged.keras"), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, contents in dict(entries, **{"model.weights.h5": bytes(damaged)}).items():
            archive.writestr(zipfile.ZipInfo(name), contents)


def main(folder):
    os.makedirs(folder, exist_ok=True)
    at = lambda name: os.path.join(folder, name)
    torch_files(at)
    typed_files(at)
    keras_files(at)


if __name__ == "__main__":
    main(sys.argv[1])
