"""Measures the steps a second of the adversarial VAE in PyTorch, for comparison with `avae_step.py`.

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
_ALPHA, _BETA, _GAMMA = 0.3, 0.1, 0.1
_RATIO, _INTEGRAL, _PROPORTIONAL, _DERIVATIVE = 0.5, 1e-3, 1e-5, 1e-5

FLAGS = flags.FLAGS
define_workload(pixels=32, filters=16, batch_size=16, steps=20)


def main(argv: list[str]) -> None:
    """Measures, and prints a line of JSON."""
    choose_device()
    generator = compiled(_began_torch.decoder(FLAGS.pixels, FLAGS.filters, _LATENT))
    encoder = compiled(_began_torch.encoder(FLAGS.pixels, FLAGS.filters, 2 * _LATENT))
    discriminator_encoder = compiled(_began_torch.encoder(FLAGS.pixels, FLAGS.filters, _LATENT))
    discriminator_decoder = compiled(_began_torch.decoder(FLAGS.pixels, FLAGS.filters, _LATENT))
    discriminator = nn.Sequential(discriminator_encoder, discriminator_decoder)
    players = [list(player.parameters()) for player in (encoder, generator, discriminator)]
    adams = [torch.optim.Adam(player, 5e-5) for player in players]
    images = torch.randint(0, 256, (1_000, 3, FLAGS.pixels, FLAGS.pixels), dtype=torch.uint8)
    k, past = 0.0, (0.0, 0.0)

    def code_and_error(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        code = discriminator_encoder(x)
        return code, (x - discriminator_decoder(code)).abs().mean()

    def step() -> None:
        nonlocal k, past
        rows = torch.randint(len(images), (FLAGS.batch_size,))
        x = (images[rows].float() / 127.5 - 1).to(memory_format=torch.channels_last)
        mean, log_variance = encoder(x).chunk(2, 1)
        reconstructed = generator(mean + (0.5 * log_variance).exp() * torch.randn_like(mean))
        generated = generator(torch.randn_like(mean))
        code, real_error = code_and_error(x)
        reconstructed_code, reconstructed_error = code_and_error(reconstructed)
        fakes = code_and_error(generated)[1] + _ALPHA * reconstructed_error
        divergence = 0.5 * (mean**2 + log_variance.exp() - log_variance - 1).sum(1).mean() / x[0].numel()
        guidance = _BETA * (code - reconstructed_code).abs().mean() + _GAMMA * (x - reconstructed).abs().mean()
        losses = (divergence + guidance, fakes + guidance, real_error - k * fakes)
        descend(players, adams, losses)
        error, (last, before) = _RATIO * real_error.item() - fakes.item(), past
        moved = _INTEGRAL * error + _PROPORTIONAL * (error - last) + _DERIVATIVE * (error - 2 * last + before)
        k, past = min(max(k + moved, 0.0), 1.0), (error, last)

    report_step(f"AVAE {FLAGS.pixels}x{FLAGS.pixels} step", step)


if __name__ == "__main__":
    app.run(main)
