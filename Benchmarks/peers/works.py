"""What is measured: the towers, the works on them, and how many operations a step takes."""

from dataclasses import dataclass

RATE = 0.05  # Adam's
DECAY = 1e-3  # added to the gradient as DECAY·x
EPSILON = 1e-3  # of batch normalization
HIDDEN = 108  # neurons of the head's first dense layer
STEPS_PER_NEURON = 100  # one at a time: so many steps, then the next neuron


@dataclass(frozen=True)
class Convolution:
    """A 'valid' convolution with batch normalization, ReLU and max-pooling (or None)."""

    filters: int
    kernel: int
    pool: tuple[int, int] | None


@dataclass(frozen=True)
class Tower:
    """A stack of convolutions over one spectrogram, bands × frames."""

    prefix: str
    input: str
    rows: int
    columns: int
    convolutions: tuple[Convolution, ...]

    def flops(self, depth):
        """Forward operations of the first `depth` convolutions, two for each multiply-add."""
        channels, rows, columns, flops = 1, self.rows, self.columns, []
        for conv in self.convolutions[:depth]:
            rows, columns = rows - conv.kernel + 1, columns - conv.kernel + 1
            flops.append(2.0 * channels * conv.kernel**2 * conv.filters * rows * columns)
            if conv.pool:
                rows, columns = rows // conv.pool[0], columns // conv.pool[1]
            channels = conv.filters
        return flops

    @property
    def features(self):
        """How many numbers come out of the last convolution's pooling."""
        channels, rows, columns = 1, self.rows, self.columns
        for conv in self.convolutions:
            pool = conv.pool or (1, 1)
            rows = (rows - conv.kernel + 1) // pool[0]
            columns = (columns - conv.kernel + 1) // pool[1]
            channels = conv.filters
        return channels * rows * columns


RECORDING = Tower(
    "nyu", "ref_input", 128, 128,
    (Convolution(24, 5, (2, 4)), Convolution(48, 5, (2, 4)), Convolution(48, 5, None)))
IMITATION = Tower(
    "lid", "imi_input", 39, 482,
    (Convolution(48, 6, (2, 2)), Convolution(48, 6, (2, 2)), Convolution(48, 6, (1, 2))))
TOWERS = (IMITATION, RECORDING)  # in the order in which the head joins them
FEATURES = IMITATION.features + RECORDING.features


@dataclass(frozen=True)
class Sound:
    """What is climbed as samples: librosa's mel bands without overlap, dB over 80 dB, normalized."""

    rate: int
    size: int  # of the window, the Fourier transform and the hop
    samples: int


@dataclass(frozen=True)
class Work:
    """One ascent of many neurons, or one step of training.

    A channel's neuron is the mean of its map behind the ReLU, a unit's the cell `unit` of it; a
    pair's is a neuron of the head with both inputs free.
    """

    kind: str  # channel, unit, pair or training
    tower: Tower | None = None
    depth: int = 3
    count: int = 48
    unit: tuple[int, int] = (0, 0)
    sound: Sound | None = None  # climbs samples through the front end instead of the input itself

    @property
    def inputs(self):
        """The inputs that are optimized, in order."""
        return TOWERS if self.tower is None else (self.tower,)

    @property
    def flops(self):
        """Operations of a step for one neuron, forward and back to the input, nothing left out.

        For training those of one pair: weights have gradients too, the inputs none.
        """
        if self.tower:
            return 2 * sum(self.tower.flops(self.depth))
        dense = 2.0 * FEATURES * HIDDEN
        forward = dense + sum(sum(tower.flops(3)) for tower in TOWERS)
        if self.kind == "pair":
            return 2 * forward
        return 3 * forward - sum(tower.flops(1)[0] for tower in TOWERS)


RECORDED = Sound(rate=44_100, size=1024, samples=128 * 1024)

# A unit of the recording tower's third convolution sees 32 bands × 100 frames.
CROPPED = Tower("nyu", "ref_input", 32, 100, RECORDING.convolutions)

WORKS = {
    "W1": Work("channel", RECORDING, depth=3),
    "W2": Work("channel", RECORDING, depth=2),
    "W3": Work("channel", IMITATION, depth=3),
    "W4": Work("unit", RECORDING, depth=3, unit=(12, 1)),
    "W4crop": Work("unit", CROPPED, depth=3, unit=(0, 0)),
    "W5": Work("pair", count=HIDDEN),
    "W6": Work("training", count=128),
    "W7": Work("channel", RECORDING, depth=3, sound=RECORDED),
    "W8": Work("channel", RECORDING, depth=2, sound=RECORDED),
    "W9": Work("unit", RECORDING, depth=3, unit=(12, 1), sound=RECORDED),
}
