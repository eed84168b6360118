"""Measures the steps a second of X-GAN in PyTorch, for comparison with `xgan_step.py`.

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

_LATENT, _CLASSES, _IMAGES = 64, 10, 2_000
_NEIGHBOURS, _COMBINED, _LAMBDA = 100, 5, 2.0

FLAGS = flags.FLAGS
define_workload(pixels=32, batch_size=32, steps=20)
flags.DEFINE_list("widths", ["16", "32", "64"], "Channels of the maps, the first of half the image's size.")


class Down(nn.Module):
    """Convolutions of stride 2 and one layer: encoder or discriminator; gives its maps as well."""

    def __init__(self, pixels: int, widths: list[int], outputs: int) -> None:
        super().__init__()
        pairs = list(zip([3, *widths[:-1]], widths, strict=True))
        self.convolutions = nn.ModuleList(
            [nn.Conv2d(a, b, 4, 2, 1, bias=depth == 0) for depth, (a, b) in enumerate(pairs)]
        )
        self.norms = nn.ModuleList([nn.Identity(), *(nn.BatchNorm2d(width) for width in widths[1:])])
        self.last = nn.Linear(widths[-1] * (pixels // 2 ** len(widths)) ** 2, outputs)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        maps = []
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            x = functional.leaky_relu(norm(convolution(x)), 0.2)
            maps.append(x)
        return self.last(x.flatten(1)), maps


class Generator(nn.Module):
    """A projection and transposed convolutions."""

    def __init__(self, pixels: int, widths: list[int]) -> None:
        super().__init__()
        channels = widths[::-1]
        self.first, self.edge = channels[0], pixels // 2 ** len(widths)
        self.project = nn.Linear(_LATENT, self.first * self.edge**2, bias=False)
        self.norm = nn.BatchNorm2d(self.first)
        pairs = itertools.pairwise(channels)
        self.up = nn.ModuleList([nn.ConvTranspose2d(a, b, 4, 2, 1, bias=False) for a, b in pairs])
        self.norms = nn.ModuleList([nn.BatchNorm2d(width) for width in channels[1:]])
        self.last = nn.ConvTranspose2d(channels[-1], 3, 4, 2, 1)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        x = self.project(z).view(len(z), self.first, self.edge, self.edge)
        x = self.norm(x.contiguous(memory_format=torch.channels_last)).relu()
        for up, norm in zip(self.up, self.norms, strict=True):
            x = norm(up(x)).relu()
        return self.last(x).tanh()


class SmallVGG(nn.Module):
    """Pairs of convolutions; gives the second map of each pair as well."""

    def __init__(self, pixels: int) -> None:
        super().__init__()
        widths = [16, 32, 64]
        self.pairs = nn.ModuleList(
            [
                nn.Sequential(nn.Conv2d(a, b, 3, 1, 1), nn.ReLU(), nn.Conv2d(b, b, 3, 1, 1), nn.ReLU())
                for a, b in zip([3, *widths[:-1]], widths, strict=True)
            ]
        )
        hidden = nn.Linear(widths[-1] * (pixels // 8) ** 2, widths[-1])
        self.last = nn.Sequential(nn.Flatten(), hidden, nn.ReLU(), nn.Linear(widths[-1], _CLASSES))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        maps = []
        for pair in self.pairs:
            x = pair(x)
            maps.append(x)
            x = functional.max_pool2d(x, 2)
        return self.last(x), maps


def main(argv: list[str]) -> None:
    """Measures, and prints a line of JSON."""
    choose_device()
    pixels, widths = FLAGS.pixels, [int(width) for width in FLAGS.widths]
    generator, encoder = Generator(pixels, widths), Down(pixels, widths, _LATENT)
    discriminator, image_classifier = Down(pixels, widths, 1), SmallVGG(pixels).requires_grad_(False)
    code_classifier = nn.Sequential(nn.Linear(_LATENT, 512), nn.LeakyReLU(0.2), nn.Linear(512, _CLASSES))
    for network in (generator, encoder, discriminator, image_classifier):
        network.to(memory_format=torch.channels_last)
    generator, encoder, discriminator, image_classifier = map(
        compiled, (generator, encoder, discriminator, image_classifier)
    )
    players = [list(player.parameters()) for player in (encoder, generator, discriminator, code_classifier)]
    adams = [torch.optim.Adam(player, 1e-4, (0.5, 0.999)) for player in players]
    images = torch.randint(0, 256, (_IMAGES, 3, pixels, pixels), dtype=torch.uint8)
    labels, bank = torch.arange(_IMAGES) % _CLASSES, torch.randn(_IMAGES, _LATENT)
    table = torch.randint(_IMAGES, (_IMAGES, _NEIGHBOURS))

    def at_inference(x: torch.Tensor) -> torch.Tensor:
        encoder.eval()
        code, _ = encoder(x)
        encoder.train()
        return code

    def combined(rows: torch.Tensor) -> torch.Tensor:
        places = torch.rand(len(rows), _NEIGHBOURS).topk(_COMBINED).indices
        weights = torch.randn(len(rows), _COMBINED).abs()
        chosen = bank[table[rows].gather(1, places)]
        return torch.einsum("bk,bkn->bn", weights / weights.sum(1, keepdim=True), chosen)

    def losses(x: torch.Tensor, y: torch.Tensor, z: torch.Tensor) -> list[torch.Tensor]:
        generated = generator(z)
        code, _ = encoder(x)
        reconstructed = generator(code)
        # After the encoder's last pass of training, which changes the averages that this pass saves for its gradient.
        embedding = (z - at_inference(generated)).square().mean()
        fixed = [image_classifier(seen) for seen in (x, reconstructed, generated)]
        real_look, fake_look, look = (discriminator(seen) for seen in (x, generated, reconstructed))
        pairs = zip([x, *fixed[0][1], *real_look[1]], [reconstructed, *fixed[1][1], *look[1]], strict=True)
        features = sum((a - b).abs().mean() for a, b in pairs)
        fakes = functional.softplus(fake_look[0]).mean()
        adversarial = functional.softplus(-real_look[0]).mean() + fakes
        of_code = functional.cross_entropy(code_classifier(code), y)
        of_generated = functional.cross_entropy(fixed[2][0], y)
        encoder_loss = features + of_code
        return [encoder_loss, features - _LAMBDA * fakes + embedding + of_generated, _LAMBDA * adversarial, of_code]

    def step() -> None:
        rows = torch.randint(_IMAGES, (FLAGS.batch_size,))
        x = (images[rows].float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)
        y = labels[rows]
        with torch.no_grad():
            bank[rows] = at_inference(x)
        descend(players, adams, losses(x, y, combined(rows)))

    report_step(f"X-GAN {pixels}x{pixels} step", step)


if __name__ == "__main__":
    app.run(main)
