"""The frame of the steps in PyTorch: their device, compilation and rates."""

from collections.abc import Callable

import torch
import torch._functorch.config
from _turns import report_rates
from _workload import define_workload
from absl import flags

FLAGS = flags.FLAGS
flags.DEFINE_string("device", "cpu", "Device of the tensors, such as cuda.")
flags.DEFINE_bool("compile", False, "Compiles the networks by torch.compile, which needs a C++ compiler.")
define_workload(turns=5)


def choose_device() -> None:
    """Puts all tensors that are made from now on the device of the flags."""
    torch.set_default_device(FLAGS.device)


def compiled(network: torch.nn.Module) -> torch.nn.Module:
    """Returns a network that torch.compile compiles at its first call, if the flags ask for it.

    PyTorch 2.13 compiles no gradients of gradients, so a network whose gradient is penalised cannot be compiled.
    """
    # Several losses of one pass are differentiated one after the other, so that its buffers must stay.
    torch._functorch.config.donated_buffer = False
    return torch.compile(network) if FLAGS.compile else network


def report_step(what: str, step: Callable[[], None]) -> None:
    """Measures the rate of a step, `FLAGS.steps` of which are a turn, and prints a line of JSON."""

    def run() -> None:
        for _ in range(FLAGS.steps):
            step()
        if FLAGS.device.startswith("cuda"):
            torch.cuda.synchronize()

    name = "PyTorch, compiled" if FLAGS.compile else "PyTorch"
    report_rates(what, {name: run}, FLAGS.steps, FLAGS.turns)
