"""Audio networks as people write them in PyTorch, with random weights: small, but whole in structure."""

import torch
from torch import nn
from torch.nn import functional as F


class ConvBlock(nn.Module):
    """Two 3×3 convolutions with batch normalization, as in PANNs."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.bn2 = nn.BatchNorm2d(outputs)

    def forward(self, x, pool_size=(2, 2)):
        x = F.relu_(self.bn1(self.conv1(x)))
        x = F.relu_(self.bn2(self.conv2(x)))
        return F.avg_pool2d(x, kernel_size=pool_size)


class Cnn14(nn.Module):
    """PANNs' Cnn14 behind its spectrogram: bands normalized by a transposition, mean and maximum."""

    def __init__(self, bands=64, classes=20, widths=(8, 16, 32)):
        super().__init__()
        self.bn0 = nn.BatchNorm2d(bands)
        self.blocks = nn.ModuleList(
            ConvBlock(i, o) for i, o in zip((1, *widths), widths))
        self.fc1 = nn.Linear(widths[-1], 48)
        self.fc_audioset = nn.Linear(48, classes)

    def forward(self, x):  # [N, 1, frames, bands]
        x = x.transpose(1, 3)
        x = self.bn0(x)
        x = x.transpose(1, 3)
        for block in self.blocks:
            x = F.dropout(block(x), p=0.2, training=self.training)
        x = torch.mean(x, dim=3)
        x1, _ = torch.max(x, dim=2)
        x = x1 + torch.mean(x, dim=2)
        x = F.dropout(x, p=0.5, training=self.training)
        x = F.relu_(self.fc1(x))
        return torch.sigmoid(self.fc_audioset(x))


class Framewise(Cnn14):
    """Cnn14's decisions for each frame: local pooling along time, repeated and padded."""

    def forward(self, x):
        x = self.bn0(x.transpose(1, 3)).transpose(1, 3)
        frames = x.shape[2]
        for block in self.blocks:
            x = block(x)
        x = torch.mean(x, dim=3)
        x = F.max_pool1d(x, 3, stride=1, padding=1) + F.avg_pool1d(x, 3, stride=1, padding=1)
        x = F.relu_(self.fc1(x.transpose(1, 2)))
        segments = torch.sigmoid(self.fc_audioset(x))
        clip = segments.max(dim=1).values
        n, steps, classes = segments.shape
        repeated = segments[:, :, None, :].repeat(1, 1, 8, 1).reshape(n, steps * 8, classes)
        pad = repeated[:, -1:, :].repeat(1, frames - steps * 8, 1)
        return clip, torch.cat((repeated, pad), dim=1)


def plain():
    """A plain CNN with batch normalization."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 5, padding=2), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3), nn.BatchNorm2d(16), nn.LeakyReLU(0.1), nn.MaxPool2d((2, 3), ceil_mode=True),
        nn.Conv2d(16, 24, 3, dilation=2), nn.BatchNorm2d(24), nn.ELU(), nn.AdaptiveAvgPool2d(1),
        nn.Flatten(), nn.Dropout(0.3), nn.Linear(24, 10), nn.LogSoftmax(dim=1))


def vggish():
    """VGGish: pairs of convolutions, and features flattened channels-last."""

    class VGGish(nn.Module):
        def __init__(self):
            super().__init__()
            layers, inputs = [], 1
            for width in [8, "M", 16, "M", 24, 24, "M", 32, 32, "M"]:
                if width == "M":
                    layers.append(nn.MaxPool2d(2, 2))
                else:
                    layers += [nn.Conv2d(inputs, width, 3, padding=1), nn.ReLU(inplace=True)]
                    inputs = width
            self.features = nn.Sequential(*layers)
            self.embeddings = nn.Sequential(
                nn.Linear(32 * 6 * 4, 64), nn.ReLU(True), nn.Linear(64, 64), nn.ReLU(True),
                nn.Linear(64, 16), nn.ReLU(True))

        def forward(self, x):
            x = self.features(x)
            x = torch.transpose(x, 1, 3)
            x = torch.transpose(x, 1, 2)
            x = x.contiguous().view(x.size(0), -1)
            return self.embeddings(x)

    return VGGish()


def mobile():
    """YAMNet's kind: depthwise and pointwise convolutions."""

    def separable(inputs, outputs, stride):
        return nn.Sequential(
            nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False),
            nn.BatchNorm2d(inputs, eps=1e-4), nn.ReLU6(),
            nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs, eps=1e-4),
            nn.Hardswish())

    return nn.Sequential(
        nn.Conv2d(1, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU6(), separable(8, 16, 1),
        separable(16, 24, 2), separable(24, 24, 1), separable(24, 32, 2), nn.AdaptiveAvgPool2d(1),
        nn.Flatten(), nn.Linear(32, 21), nn.Sigmoid())


class SqueezeResNet(nn.Module):
    """Residual blocks with squeeze and excitation."""

    class Block(nn.Module):
        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.body = nn.Sequential(
                nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs),
                nn.ReLU(inplace=True), nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False),
                nn.BatchNorm2d(outputs))
            self.fc1 = nn.Linear(outputs, outputs // 4)
            self.fc2 = nn.Linear(outputs // 4, outputs)
            self.short = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

        def forward(self, x):
            y = self.body(x)
            n, channels, _, _ = y.size()
            gate = F.adaptive_avg_pool2d(y, 1).view(n, channels)
            gate = torch.sigmoid(self.fc2(F.silu(self.fc1(gate)))).view(n, channels, 1, 1)
            return F.relu(y * gate.expand_as(y) + self.short(x))

    def __init__(self):
        super().__init__()
        self.norm = nn.InstanceNorm2d(1, affine=True)
        self.blocks = nn.Sequential(
            self.Block(1, 8, 1), self.Block(8, 16, 2), self.Block(16, 24, 2))
        self.head = nn.Linear(24, 12)

    def forward(self, x):
        x = self.blocks(self.norm(x))
        mean = x.mean(dim=(2, 3))
        deviation = torch.sqrt(x.var(dim=(2, 3), unbiased=False) + 1e-5)
        return self.head(mean + deviation)


class Transformer(nn.Module):
    """An audio spectrogram transformer: patches, learned positions, attention, layer norms, GELU."""

    def __init__(self, size=(64, 96), width=32, heads=4, depth=2, classes=10):
        super().__init__()
        self.heads = heads
        self.patch = nn.Conv2d(1, width, 16, stride=16)
        self.token = nn.Parameter(torch.randn(1, 1, width) * 0.1)
        count = size[0] // 16 * (size[1] // 16) + 1
        self.positions = nn.Parameter(torch.randn(1, count, width) * 0.1)
        self.layers = nn.ModuleList(
            nn.ModuleDict({
                "norm1": nn.LayerNorm(width), "qkv": nn.Linear(width, 3 * width),
                "project": nn.Linear(width, width), "norm2": nn.LayerNorm(width),
                "fc1": nn.Linear(width, 2 * width), "fc2": nn.Linear(2 * width, width)})
            for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, classes)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat((self.token.expand(x.shape[0], -1, -1), x), dim=1) + self.positions
        for layer in self.layers:
            n, count, width = x.shape
            qkv = layer["qkv"](layer["norm1"](x))
            qkv = qkv.reshape(n, count, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
            q, k, v = qkv.unbind(0)
            scores = (q @ k.transpose(-2, -1)) * (width // self.heads) ** -0.5
            y = (scores.softmax(dim=-1) @ v).transpose(1, 2).reshape(n, count, width)
            x = x + layer["project"](y)
            x = x + layer["fc2"](F.gelu(layer["fc1"](layer["norm2"](x))))
        return self.head(self.norm(x)[:, 0])


class Encoder(nn.Module):
    """PyTorch's own transformer encoder behind convolutions along time."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv1d(40, 32, 3, padding=1), nn.GELU(approximate="tanh"),
            nn.Conv1d(32, 32, 3, stride=2, padding=1), nn.GELU())
        layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(32, 6)

    def forward(self, x):  # [N, bands, frames]
        x = self.encoder(self.conv(x).transpose(1, 2))
        return self.head(x.mean(dim=1))


class RecurrentFront(nn.Module):
    """What comes before the recurrent layers of a CRNN."""

    def __init__(self):
        super().__init__()
        layers, inputs = [], 1
        for width, pool in ((8, (4, 2)), (16, (4, 2)), (24, (4, 1))):
            layers += [
                nn.Conv2d(inputs, width, 3, padding=1), nn.BatchNorm2d(width), nn.GLU(dim=1),
                nn.MaxPool2d(pool)]
            inputs = width // 2
        self.cnn = nn.Sequential(*layers)
        self.head = nn.Linear(12, 5)

    def forward(self, x):  # [N, 1, bands, frames]
        x = self.cnn(x)
        n, channels, bands, frames = x.size()
        x = x.permute(0, 3, 1, 2).reshape(n, frames, channels * bands)
        strong = torch.sigmoid(self.head(x))
        weights = torch.softmax(self.head(x), dim=-1).clamp(1e-7, 1.0)
        return strong, (strong * weights).sum(dim=1) / weights.sum(dim=1)


class Waveform(nn.Module):
    """A network on samples: strided and dilated convolutions, group norm, mirrored edges."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv1d(1, 8, 80, stride=4, bias=False)
        self.norm = nn.GroupNorm(2, 8)
        self.dilated = nn.ModuleList(nn.Conv1d(8, 16, 3, dilation=2 ** i) for i in range(3))
        self.back = nn.ModuleList(nn.Conv1d(8, 8, 1) for _ in range(3))
        self.up = nn.ConvTranspose1d(8, 4, 4, stride=2, padding=1)
        self.slopes = nn.PReLU(4)
        self.head = nn.Linear(4, 7)

    def forward(self, x):
        x = F.pad(x, (38, 38), mode="reflect")
        x = F.relu(self.norm(self.first(x)))
        for dilated, back in zip(self.dilated, self.back):
            a, b = torch.chunk(dilated(x), 2, dim=1)
            y = back(torch.tanh(a) * torch.sigmoid(b))
            x = x[..., -y.shape[-1]:] + y
        x = self.slopes(self.up(x))
        return self.head(torch.cat((x.amax(-1), torch.linalg.norm(x, dim=-1)), -1)[:, ::2])


class Upsampling(nn.Module):
    """A U-Net: skips, interpolation, transposed convolutions."""

    def __init__(self):
        super().__init__()
        self.down1, self.down2 = nn.Conv2d(1, 8, 3, padding=1), nn.Conv2d(8, 16, 3, padding=1)
        self.middle = nn.Conv2d(16, 16, 3, padding=1)
        self.up1 = nn.ConvTranspose2d(16, 8, 2, stride=2)
        self.fuse = nn.Conv2d(16, 8, 3, padding=1)
        self.last = nn.Conv2d(16, 1, 1)

    def forward(self, x):
        a = F.softplus(self.down1(x))
        b = F.mish(self.down2(F.max_pool2d(a, 2)))
        c = self.middle(F.avg_pool2d(b, 2))
        c = F.interpolate(c, scale_factor=2, mode="bilinear", align_corners=False)
        c = self.up1(c + b)
        c = F.hardsigmoid(self.fuse(torch.cat((a, c), dim=1)))
        c = F.interpolate(c[:, :, ::2], scale_factor=(2, 1), mode="nearest")
        return torch.relu(self.last(torch.cat((a, c), dim=1)) * x).log1p()


# Per name: what makes it, the shape of its input, and which axes are open where some are.
NETWORKS = {
    "plain CNN": (plain, (1, 1, 64, 96)),
    "Cnn14 (PANNs)": (Cnn14, (1, 1, 96, 64)),
    "Cnn14, framewise": (Framewise, (1, 1, 100, 64)),
    "VGGish": (vggish, (1, 1, 96, 64)),
    "MobileNet (YAMNet)": (mobile, (1, 1, 96, 64)),
    "ResNet, squeeze-excitation": (SqueezeResNet, (1, 1, 64, 80)),
    "spectrogram transformer": (Transformer, (1, 1, 64, 96)),
    "transformer encoder": (Encoder, (1, 40, 50)),
    "CRNN before its RNN": (RecurrentFront, (1, 1, 64, 40)),
    "waveform network": (Waveform, (1, 1, 2000)),
    "U-Net": (Upsampling, (1, 1, 32, 40)),
}

# The axis of time of those that are also exported with it open.
TIME_AXES = {
    "Cnn14 (PANNs)": 2, "MobileNet (YAMNet)": 2, "ResNet, squeeze-excitation": 3,
    "transformer encoder": 2, "CRNN before its RNN": 3, "waveform network": 2,
}
