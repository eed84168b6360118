"""Measures the steps a second of LOGAN on a toy world in PyTorch, for comparison with `logan_step.py`.

It needs another environment: `pip install torch numpy absl-py`. Run one script after the other on the same machine.
"""

import itertools

import torch
from _descent_torch import descend
from _step_torch import choose_device, compiled, report_step
from _workload import define_workload
from absl import app, flags
from torch import nn

_WIDTH = 128
_BATCH = 256
_PENALTY = 0.1

FLAGS = flags.FLAGS
define_workload(steps=300)


def main(argv: list[str]) -> None:
    """Measures, and prints a line of JSON."""
    choose_device()

    def mlp(inputs: int, outputs: int) -> nn.Sequential:
        sizes = (inputs, _WIDTH, _WIDTH, _WIDTH)
        hidden = [part for a, b in itertools.pairwise(sizes) for part in (nn.Linear(a, b), nn.LeakyReLU(0.2))]
        return nn.Sequential(*hidden, nn.Linear(_WIDTH, outputs))

    generator, encoder, discriminator = compiled(mlp(2, 2)), compiled(mlp(2, 2)), mlp(4, 1)
    players = [list(player.parameters()) for player in (discriminator, encoder, generator)]
    adams = [torch.optim.Adam(player, 1e-4, (0.5, 0.9)) for player in players]
    angles = 2 * torch.pi * torch.arange(8) / 8
    centers = 2 * torch.stack([torch.cos(angles), torch.sin(angles)], 1)

    def logit(x: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        return discriminator(torch.cat([x, z], 1))[:, 0]

    def norm(values: torch.Tensor) -> torch.Tensor:
        return torch.sqrt((values**2).sum(1, keepdim=True) + 1e-12)

    def step() -> None:
        x = centers[torch.randint(8, (_BATCH,))] + 0.02 * torch.randn(_BATCH, 2)
        z = 2 * torch.rand(_BATCH, 2) - 1
        with torch.no_grad():
            encoded, generated = encoder(x), generator(z)
            reconstructed = generator(encoded)
        r, q = logit(x, encoded), logit(generated, z)
        between = (reconstructed + torch.rand(_BATCH, 1) * (x - reconstructed)).requires_grad_()
        (slope,) = torch.autograd.grad(logit(between, encoded).sum(), between, create_graph=True)
        unit = (x - reconstructed) / norm(x - reconstructed)
        loss = (torch.sigmoid(-r) ** 2).mean() + (torch.sigmoid(q) ** 2).mean()
        descend(players[:1], adams[:1], [loss + _PENALTY * norm(slope - unit).mean()])
        encoder_loss = logit(x, encoder(x)).mean()
        generator_loss = -logit(generator(z), z).mean()
        descend(players[1:], adams[1:], [encoder_loss, generator_loss])

    report_step("LOGAN toy step", step)


if __name__ == "__main__":
    app.run(main)
