"""Measures the steps a second of cWGAN in PyTorch, for comparison with `cwgan_step.py`.

It needs another environment: `pip install torch numpy absl-py`. Run one script after the other on the same machine.
"""

import itertools

import torch
from _descent_torch import descend
from _step_torch import choose_device, compiled, report_step
from _workload import define_workload
from absl import app, flags
from torch import nn
from torch.nn import functional

_LATENT, _CLASSES, _CRITIC, _PENALTY = 64, 10, 5, 10.0

FLAGS = flags.FLAGS
define_workload(width=16, batch_size=64, steps=5)


class Discriminator(nn.Module):
    """f(x, y) of 28x28 images: four convolutions of stride 2 and a map of scores."""

    def __init__(self, width: int) -> None:
        super().__init__()
        channels = [1 + _CLASSES, width, 2 * width, 4 * width, 8 * width]
        pairs = itertools.pairwise(channels)
        self.convolutions = nn.ModuleList([nn.Conv2d(a, b, 5, 2) for a, b in pairs])
        self.scores = nn.Conv2d(channels[-1], 1, 4)

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        x = torch.cat([x, y[:, :, None, None].expand(-1, -1, *x.shape[2:])], 1)
        for convolution in self.convolutions:
            x = functional.leaky_relu(convolution(_padded(x, 5, 2)), 0.2)
        return self.scores(_padded(x, 4, 1)).mean((1, 2, 3))


class Generator(nn.Module):
    """G(z, y): a projection to 4x4 and three transposed convolutions, cut to 28x28."""

    def __init__(self, width: int) -> None:
        super().__init__()
        channels = [8 * width, 4 * width, 2 * width]
        self.project = nn.Linear(_LATENT + _CLASSES, 16 * channels[0])
        pairs = itertools.pairwise(channels)
        self.up = nn.ModuleList([nn.ConvTranspose2d(a, b, 5, 2, 2, 1, bias=False) for a, b in pairs])
        self.norms = nn.ModuleList([nn.BatchNorm2d(b) for b in channels[1:]])
        self.last = nn.ConvTranspose2d(channels[-1], 1, 5, 2, 2, 1)

    def forward(self, z: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        x = self.project(torch.cat([z, y], 1)).view(len(z), -1, 4, 4).contiguous(memory_format=torch.channels_last)
        for up, norm in zip(self.up, self.norms, strict=True):
            x = norm(up(x)).relu()
        return self.last(x).tanh()[:, :, :28, :28]


def _padded(x: torch.Tensor, kernel: int, stride: int) -> torch.Tensor:
    """As TensorFlow pads with `same`."""
    amounts = []
    for size in (x.shape[3], x.shape[2]):
        total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        amounts += [total // 2, total - total // 2]
    return functional.pad(x, amounts)


def main(argv: list[str]) -> None:
    """Measures, and prints a line of JSON."""
    choose_device()
    generator = compiled(Generator(FLAGS.width).to(memory_format=torch.channels_last))
    discriminator = Discriminator(FLAGS.width).to(memory_format=torch.channels_last)
    players = [list(player.parameters()) for player in (discriminator, generator)]
    adams = [torch.optim.Adam(player, 1e-4, (0.5, 0.9)) for player in players]
    images = torch.randint(0, 256, (2_000, 1, 28, 28), dtype=torch.uint8)
    labels = torch.arange(2_000) % _CLASSES

    def batch() -> tuple[torch.Tensor, torch.Tensor]:
        rows = torch.randint(len(images), (FLAGS.batch_size,))
        x = (images[rows].float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)
        return x, functional.one_hot(labels[rows], _CLASSES).float()

    def noise() -> torch.Tensor:
        return torch.randn(FLAGS.batch_size, _LATENT)

    def step() -> None:
        for _ in range(_CRITIC):
            x, y = batch()
            with torch.no_grad():
                generated = generator(noise(), y)
            between = (x + torch.rand(len(x), 1, 1, 1) * (generated - x)).requires_grad_()
            (slope,) = torch.autograd.grad(discriminator(between, y).sum(), between, create_graph=True)
            norms = (slope.square().sum((1, 2, 3)) + 1e-12).sqrt()
            loss = discriminator(generated, y).mean() - discriminator(x, y).mean()
            descend(players[:1], adams[:1], [loss + _PENALTY * (norms - 1).square().mean()])
        descend(players[1:], adams[1:], [-discriminator(generator(noise(), y), y).mean()])

    report_step(f"cWGAN step, width {FLAGS.width}", step)


if __name__ == "__main__":
    app.run(main)
