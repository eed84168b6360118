"""Measures the steps a second of BEGAN on images in PyTorch, for comparison with `began_step.py`.

It needs another environment: `pip install torch numpy absl-py`. Run one script after the other on the same machine.
"""

import _began_torch
import torch
from _descent_torch import descend
from _step_torch import choose_device, compiled, report_step
from _workload import define_workload
from absl import app, flags
from torch import nn

_LATENT = 64
_RATIO, _GAIN = 0.5, 1e-3

FLAGS = flags.FLAGS
define_workload(pixels=32, filters=32, batch_size=16, steps=20)


def main(argv: list[str]) -> None:
    """Measures, and prints a line of JSON."""
    choose_device()
    encoder = _began_torch.encoder(FLAGS.pixels, FLAGS.filters, _LATENT)
    discriminator = compiled(nn.Sequential(encoder, _began_torch.decoder(FLAGS.pixels, FLAGS.filters, _LATENT)))
    generator = compiled(_began_torch.decoder(FLAGS.pixels, FLAGS.filters, _LATENT))
    players = [list(player.parameters()) for player in (discriminator, generator)]
    adams = [torch.optim.Adam(player, 1e-4) for player in players]
    images = torch.randint(0, 256, (1_000, 3, FLAGS.pixels, FLAGS.pixels), dtype=torch.uint8)
    k = 0.0

    def error(x: torch.Tensor) -> torch.Tensor:
        return (x - discriminator(x)).abs().mean()

    def noise() -> torch.Tensor:
        return 2 * torch.rand(FLAGS.batch_size, _LATENT) - 1

    def step() -> None:
        nonlocal k
        rows = torch.randint(len(images), (FLAGS.batch_size,))
        x = (images[rows].float() / 127.5 - 1).to(memory_format=torch.channels_last)
        with torch.no_grad():
            generated = generator(noise())
        real_error = error(x)
        descend(players[:1], adams[:1], [real_error - k * error(generated)])
        generated_error = error(generator(noise()))
        descend(players[1:], adams[1:], [generated_error])
        k = min(max(k + _GAIN * (_RATIO * real_error.item() - generated_error.item()), 0.0), 1.0)

    report_step(f"BEGAN {FLAGS.pixels}x{FLAGS.pixels} step", step)


if __name__ == "__main__":
    app.run(main)
