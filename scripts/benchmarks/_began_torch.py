"""BEGAN's encoder and decoder in PyTorch, with the layers of `networks.began_encoder` and `began_decoder`."""

import math

import torch
from torch import nn


def encoder(pixels: int, filters: int, outputs: int) -> nn.Sequential:
    """From images to codes."""
    parts, channels, pairs = _convolution(3, filters), filters, _pairs(pixels)
    for pair in range(1, pairs + 1):
        parts += _convolution(channels, pair * filters) + _convolution(pair * filters, pair * filters)
        channels = pair * filters
        parts += _convolution(channels, channels, 2) if pair < pairs else []
    parts += [nn.Flatten(), nn.Linear(64 * channels, outputs)]
    return nn.Sequential(*parts).to(memory_format=torch.channels_last)


def decoder(pixels: int, filters: int, inputs: int) -> nn.Sequential:
    """From codes to images."""
    parts, pairs = [nn.Linear(inputs, 64 * filters), nn.Unflatten(1, (filters, 8, 8))], _pairs(pixels)
    for pair in range(1, pairs + 1):
        parts += _convolution(filters, filters) + _convolution(filters, filters)
        parts += [nn.Upsample(scale_factor=2)] if pair < pairs else []
    return nn.Sequential(*parts, nn.Conv2d(filters, 3, 3, 1, 1)).to(memory_format=torch.channels_last)


def _convolution(inputs: int, outputs: int, stride: int = 1) -> list[nn.Module]:
    return [nn.Conv2d(inputs, outputs, 3, stride, 1), nn.ELU()]


def _pairs(pixels: int) -> int:
    return 1 + round(math.log2(pixels / 8))
