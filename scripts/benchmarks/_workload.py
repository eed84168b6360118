"""The flags of the hand-written steps. A step and its twin in PyTorch have the same ones."""

from absl import flags

# `--help` of a program lists the flags that it defines by this module.
flags.disclaim_key_flags()

_HELP = {
    "pixels": "Edge of an image.",
    "filters": "n, channels of the first maps.",
    "width": "Channels of the discriminator's first map; the last has eight times as many.",
    "batch_size": "Images in a batch.",
    "steps": "Steps in a turn; with many, the start of `fit` takes a small share.",
    "turns": "Turns of each implementation; the best one counts.",
}
_LEAST = {"pixels": 8}


def define_workload(**defaults: int) -> None:
    """Defines an integer flag for each of these numbers."""
    for name, default in defaults.items():
        flags.DEFINE_integer(name, default, _HELP[name], lower_bound=_LEAST.get(name, 1))
