"""Updates of the players in PyTorch. All gradients are computed before any player moves."""

from collections.abc import Iterable, Sequence

import torch


def descend(
    players: Sequence[Iterable[torch.nn.Parameter]], adams: Sequence[torch.optim.Adam], losses: Sequence[torch.Tensor]
) -> None:
    """Takes one step of each player's optimizer on its loss. The losses may come from one pass."""
    players = [list(player) for player in players]
    gradients = [
        torch.autograd.grad(loss, player, retain_graph=loss is not losses[-1])
        for loss, player in zip(losses, players, strict=True)
    ]
    for player, found, adam in zip(players, gradients, adams, strict=True):
        for parameter, gradient in zip(player, found, strict=True):
            parameter.grad = gradient
        adam.step()
