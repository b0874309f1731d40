"""Small models of every layer and every way of nesting, in channels-last and channels-first.

A function takes a `Layout` and returns a model; both layouts compute the same function of the same
weights. Weights depend on the layer's name alone.
"""
import inspect
import zlib

import numpy as np
import tf_keras as keras

layers = keras.layers


class Layout:
    """Where the channels are, and layers that know it."""

    def __init__(self, first):
        self.first = first
        self.axis = 1 if first else -1
        self.format = "channels_first" if first else "channels_last"
        self.flattened = {}  # Dense layer -> the maps [C, H, W] that were flattened before it

    def shape(self, c, h, w):
        return (c, h, w) if self.first else (h, w, c)

    def input(self, name, *shape):
        return layers.Input(self.shape(*shape) if len(shape) == 3 else shape, name=name)

    def __getattr__(self, kind):
        make = getattr(layers, kind)
        parameters = inspect.signature(make.__init__).parameters

        def layer(*arguments, **options):
            # Flatten in its default order: what the file's own memory order gives.
            if kind != "Flatten" and ("data_format" in parameters or "Conv2D" in kind or "Pooling2D" in kind):
                options.setdefault("data_format", self.format)
            if kind in ("BatchNormalization", "Concatenate", "Softmax"):
                options.setdefault("axis", self.axis)
            return make(*arguments, **options)

        return layer

    def dense(self, units, name, maps, **options):
        """A Dense layer after Flatten (of several maps: each flattened, then concatenated)."""
        self.flattened[name] = maps
        return layers.Dense(units, name=name, **options)

    def rows(self, name):
        """For each row of a Dense kernel of this layout, the row in channels-first order."""
        order, start = [], 0
        for c, h, w in self.flattened[name]:
            index = start + np.arange(c * h * w).reshape(c, h, w)
            order.append((index if self.first else index.transpose(1, 2, 0)).reshape(-1))
            start += c * h * w
        return np.concatenate(order)


def set_weights(model, layout):
    """Random weights that depend on each layer's name only, so that no unit is dead or saturated."""
    for layer in leaves(model):
        random = np.random.default_rng(zlib.crc32(layer.name.encode()))
        values = []
        for variable in layer.weights:
            name, shape = variable.name.split("/")[-1].split(":")[0], variable.shape
            value = random.normal(size=shape)
            if "kernel" in name:
                fan_in = shape[0] * shape[1] if "depthwise" in name else np.prod(shape[:-1])
                value *= 1.3 / np.sqrt(fan_in)
            elif name in ("gamma", "moving_variance"):
                value = random.uniform(0.5, 1.5, size=shape)
            else:
                value *= 0.2
            if name == "kernel" and layer.name in layout.flattened:
                value = value[layout.rows(layer.name)]
            values.append(value.astype("float32"))
        layer.set_weights(values)


def leaves(model):
    """All layers that are no models, each once, in order."""
    found = []
    for layer in model.layers:
        inner = leaves(layer) if isinstance(layer, keras.Model) else [layer]
        found += [one for one in inner if one not in found]
    return found


def sequential(L):
    return keras.Sequential([
        L.input("spectrogram", 1, 23, 57),
        L.Conv2D(4, (3, 5), strides=(1, 2), activation="relu", name="conv_1"),
        L.MaxPooling2D((2, 3), name="pool_1"),
        L.BatchNormalization(name="bn_1"),
        L.Conv2D(3, (2, 2), name="conv_2"),
        L.Activation("relu", name="relu_2"),
        L.Flatten(name="flatten"),
        L.dense(8, "fc_1", [(3, 9, 8)], activation="tanh"),
        L.Dropout(0.5, name="dropout"),
        L.Dense(3, activation="softmax", name="fc_2"),
    ], name="sequential")


def deferred(L):
    """A Sequential that never had an input layer: the file knows only its build_input_shape."""
    model = keras.Sequential([
        L.Conv2D(3, (4, 4), activation="relu", name="conv"),
        L.GlobalMaxPooling2D(name="pool"),
        L.Dense(4, name="fc"),
    ], name="deferred")
    model.build((None,) + L.shape(1, 11, 13))
    return model


def branches(L):
    a = L.input("left", 2, 10, 12)
    b = L.input("right", 1, 10, 12)
    x = L.Conv2D(3, (3, 3), padding="same", name="conv_a")(a)
    y = L.Conv2D(3, (3, 3), padding="same", name="conv_b")(b)
    total = L.Add(name="add")([x, y])
    product = L.Multiply(name="multiply")([x, y, total])
    joined = L.Concatenate(name="concatenate")([L.ReLU(name="relu")(total), product, a])
    x = L.Conv2D(4, (3, 3), strides=2, name="conv_c", activation="relu")(joined)
    pooled = L.GlobalAveragePooling2D(name="pool")(x)
    both = layers.Concatenate(name="join")([pooled, L.GlobalMaxPooling2D(name="pool_b")(y)])
    kind = L.Dense(3, activation="softmax", name="kind")(both)
    level = L.Dense(1, activation="sigmoid", name="level")(pooled)
    return keras.Model([a, b], [kind, level, x], name="branches")


def convolutions(L):
    """Each after the others; every odd extent and padding that a real network may have."""
    i = L.input("spectrogram", 2, 21, 19)
    x = L.Conv2D(4, (6, 5), strides=2, padding="same", use_bias=False, name="same_stride_2")(i)
    x = L.Conv2D(6, (3, 2), strides=(1, 3), padding="same", activation="elu", name="same_stride_3")(x)
    d = L.Conv2D(4, (3, 3), dilation_rate=(2, 3), padding="same", name="dilated_same")(i)
    d = L.Conv2D(4, (2, 3), dilation_rate=(3, 2), activation="tanh", name="dilated_valid")(d)
    g = L.Conv2D(6, (3, 3), groups=2, activation="sigmoid", name="grouped")(i)
    g = L.DepthwiseConv2D((3, 4), depth_multiplier=2, padding="same", strides=2, name="depthwise")(g)
    g = L.DepthwiseConv2D((2, 2), use_bias=False, dilation_rate=2, name="depthwise_dilated")(g)
    s = L.SeparableConv2D(5, (4, 3), strides=3, depth_multiplier=2, padding="same", activation="relu",
                          name="separable")(i)
    s = L.SeparableConv2D(3, (2, 2), use_bias=False, name="separable_valid")(s)
    pools = [L.GlobalAveragePooling2D(name=f"pool_{k}")(one) for k, one in enumerate([x, d, g, s])]
    return keras.Model(i, layers.Concatenate(name="join")(pools), name="convolutions")


def pooling(L):
    i = L.input("spectrogram", 3, 17, 22)
    a = L.MaxPooling2D((3, 2), strides=(2, 3), name="max_valid")(i)
    b = L.MaxPooling2D((3, 4), strides=2, padding="same", name="max_same")(i)
    c = L.AveragePooling2D((2, 3), strides=(3, 2), name="average_valid")(i)
    d = L.AveragePooling2D((4, 3), strides=(3, 2), padding="same", name="average_same")(i)
    e = L.MaxPooling2D((2, 2), strides=1, padding="same", name="max_dense")(i)
    pools = [
        L.GlobalAveragePooling2D(name="global_average")(a),
        L.GlobalMaxPooling2D(name="global_max")(b),
        L.Flatten(name="flatten_c")(L.GlobalAveragePooling2D(keepdims=True, name="global_average_kept")(c)),
        L.Flatten(name="flatten_d")(L.GlobalMaxPooling2D(keepdims=True, name="global_max_kept")(d)),
        L.GlobalAveragePooling2D(name="global_average_e")(e),
    ]
    x = layers.Concatenate(name="join")(pools)
    return keras.Model(i, L.Dense(4, name="fc")(x), name="pooling")


def activations(L):
    i = L.input("spectrogram", 2, 7, 9)
    x = L.Conv2D(4, (2, 2), name="conv")(i)
    outputs = [
        L.ReLU(name="relu")(x),
        L.LeakyReLU(alpha=0.2, name="leaky_relu")(x),
        L.ELU(alpha=0.7, name="elu")(x),
        L.Activation("sigmoid", name="sigmoid")(x),
        L.Activation("tanh", name="tanh")(x),
        L.Activation("elu", name="elu_1")(x),
        L.Activation("linear", name="linear")(x),
        L.Softmax(name="softmax")(x),
    ]
    x = L.Concatenate(name="concatenate")(outputs)
    x = L.GlobalAveragePooling2D(name="pool")(x)
    for name in ("relu", "elu", "sigmoid", "tanh", "linear", "softmax"):
        x = L.Dense(6, activation=name, name="dense_" + name)(x)
    return keras.Model(i, L.Activation("softmax", name="probabilities")(x), name="activations")


def normalization(L):
    i = L.input("spectrogram", 3, 8, 6)
    x = L.BatchNormalization(epsilon=1e-3, name="both")(i)
    x = L.BatchNormalization(scale=False, epsilon=0.1, name="no_scale")(x)
    x = L.Conv2D(4, (3, 3), name="conv")(x)
    x = L.BatchNormalization(center=False, name="no_center")(x)
    x = L.ReLU(name="relu")(x)
    x = L.BatchNormalization(scale=False, center=False, name="neither")(x)
    x = L.Flatten(name="flatten")(x)
    x = L.dense(5, "fc", [(4, 6, 4)])(x)
    x = layers.BatchNormalization(name="of_dense")(x)
    return keras.Model(i, x, name="normalization")


def shapes(L):
    i = L.input("spectrogram", 2, 6, 7)
    x = L.ZeroPadding2D(((1, 2), (0, 3)), name="padding")(i)
    x = L.Conv2D(3, (3, 3), name="conv")(x)
    x = L.Permute((1, 3, 2) if L.first else (2, 1, 3), name="transpose")(x)
    x = L.ZeroPadding2D(2, name="padding_even")(x)
    x = L.AveragePooling2D(3, name="pool")(x)
    x = L.Flatten(name="flatten")(x)
    x = L.dense(24, "fc_1", [(3, 4, 3)], activation="relu")(x)
    x = layers.Reshape((24, 1), name="column")(x)
    x = layers.Flatten(name="vector")(x)
    return keras.Model(i, L.Dense(2, name="fc_2")(x), name="shapes")


def tower(L, prefix, shape, channels):
    """A tower in miniature: convolution, normalization, ReLU, pooling; then Flatten."""
    i = L.input(prefix + "_input", *shape)
    x = L.Conv2D(channels, (3, 3), name=prefix + "_conv_1")(i)
    x = L.BatchNormalization(name=prefix + "_conv_1_BN")(x)
    x = L.Activation("relu", name=prefix + "_conv_1_AC")(x)
    x = L.MaxPooling2D((2, 2), name=prefix + "_conv_1_MP")(x)
    x = L.Conv2D(channels, (3, 3), name=prefix + "_conv_2")(x)
    return keras.Model(i, L.Flatten(name=prefix + "_flatten")(x), name=prefix + "_model")


def siamese(L):
    """Two nested towers of different inputs, concatenated: the shape of TL-IMINET."""
    a, b = L.input("imi_input_a", 1, 10, 21), L.input("ref_input_b", 1, 13, 12)
    left, right = tower(L, "lid", (1, 10, 21), 3), tower(L, "nyu", (1, 13, 12), 2)
    x = layers.Concatenate(name="merge")([left(a), right(b)])
    x = L.dense(6, "fc_1", [(3, 2, 7), (2, 3, 3)], activation="relu")(x)
    return keras.Model([a, b], L.Dense(1, activation="sigmoid", name="fc_2")(x), name="siamese")


def shared(L):
    """One nested tower called twice."""
    a, b = L.input("one", 1, 9, 11), L.input("other", 1, 9, 11)
    both = tower(L, "twin", (1, 9, 11), 2)
    x, y = both(a), both(b)
    x = layers.Concatenate(name="merge")([x, y, layers.Multiply(name="product")([x, y])])
    x = L.dense(3, "fc", [(2, 1, 2)] * 3)(x)
    return keras.Model([a, b], x, name="shared")


def nested(L):
    """A functional model and a Sequential inside a functional model; a map leaves the inner one."""
    i = L.input("inner_input", 2, 9, 8)
    x = L.Conv2D(3, (3, 3), padding="same", name="inner_conv")(i)
    x = L.Add(name="inner_add")([x, L.ReLU(name="inner_relu")(x)])
    inner = keras.Model(i, [x, L.GlobalMaxPooling2D(name="inner_pool")(x)], name="inner")
    stack = keras.Sequential([
        L.input("stack_input", 3, 9, 8),
        L.Conv2D(2, (2, 3), name="stack_conv"),
        L.Flatten(name="stack_flatten"),
        L.dense(5, "stack_fc", [(2, 8, 6)], activation="relu"),
    ], name="stack")
    i = L.input("spectrogram", 2, 9, 8)
    map, vector = inner(L.BatchNormalization(name="bn")(i))
    x = layers.Concatenate(name="join")([stack(map), vector])
    return keras.Model(i, L.Dense(2, name="fc")(x), name="nested")


def nested_sequential(L):
    """A functional model and a Sequential (with another inside) in a Sequential."""
    innermost = keras.Sequential([
        L.input("innermost_input", 2, 7, 5), L.Conv2D(3, (2, 2), name="innermost_conv")],
        name="innermost")
    middle = keras.Sequential([
        L.input("middle_input", 2, 7, 5), innermost, L.ELU(name="middle_elu")], name="middle")
    return keras.Sequential([
        L.input("spectrogram", 1, 16, 13),
        tower_map(L),
        middle,
        L.Flatten(name="flatten"),
        L.dense(3, "fc", [(3, 6, 4)]),
    ], name="nested_sequential")


def tower_map(L):
    i = L.input("body_input", 1, 16, 13)
    x = L.Conv2D(2, (3, 4), activation="relu", name="body_conv")(i)
    return keras.Model(i, L.MaxPooling2D(2, name="body_pool")(x), name="body")


def squeeze_excite(L):
    """A map times one number per channel: Multiply and Add that broadcast."""
    i = L.input("spectrogram", 1, 9, 7)
    x = L.Conv2D(3, (2, 2), name="conv")(i)
    gate = L.GlobalAveragePooling2D(keepdims=True, name="squeeze")(x)
    gate = L.Conv2D(3, (1, 1), activation="sigmoid", name="excite")(gate)
    x = L.Multiply(name="scaled")([x, gate])
    x = L.Add(name="shifted")([gate, x])
    return keras.Model(i, x, name="squeeze_excite")


def relu_variants(L):
    i = L.input("spectrogram", 1, 6, 5)
    x = L.Conv2D(3, (2, 2), name="conv")(i)
    x = L.Concatenate(name="concatenate")([
        L.ReLU(max_value=0.6, name="capped")(x),
        L.ReLU(negative_slope=0.1, threshold=0.2, name="sloped")(x)])
    return keras.Model(i, x, name="relu_variants")


def activation_names(L):
    """Every activation that has a name but no layer, over a range in which it bends."""
    i = L.input("spectrogram", 1, 6, 5)
    x = L.Conv2D(3, (2, 2), name="conv")(i)
    names = ("selu", "softplus", "softsign", "swish", "gelu", "mish", "hard_sigmoid", "exponential")
    x = L.Concatenate(name="concatenate")([L.Activation(name, name=name)(x) for name in names])
    return keras.Model(i, x, name="activation_names")


def flatten_last(L):
    """Flatten told that its map is channels-first: it then flattens in channels-last order."""
    i = L.input("spectrogram", 2, 5, 6)
    x = L.Conv2D(3, (2, 2), name="conv")(i)
    x = layers.Flatten(data_format=L.format, name="flatten")(x)
    return keras.Model(i, L.Dense(4, name="fc")(x), name="flatten_last")


def decoder(L):
    """A vector that becomes a map: Reshape in the file's own memory order."""
    i = layers.Input((5,), name="code")
    x = L.Dense(24, activation="relu", name="fc")(i)
    x = layers.Reshape(L.shape(2, 3, 4), name="map")(x)
    return keras.Model(i, L.Conv2D(3, (2, 2), name="conv")(x), name="decoder")
