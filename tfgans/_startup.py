"""The start of TensorFlow in a command, without the lines of its log that every start has."""

import contextlib
import os
import re
import signal
import sys
from collections.abc import Iterator

# Lines that say nothing about the machine or the run. A machine with an NVIDIA GPU keeps those about CUDA.
_NOISE = (
    r"All log messages before absl::InitializeLog\(\) is called are written to STDERR",
    r"oneDNN custom operations are on\.",
    r"This TensorFlow binary is optimized to use available CPU instructions",
    r"To enable the following instructions: .*rebuild TensorFlow with the appropriate compiler flags",
)
_NOISE_WITHOUT_GPU = (
    r"Could not find cuda drivers on your machine",
    r"failed call to cuInit",
    r"Unable to register cu(FFT|DNN|BLAS) factory",
    r"Could not find TensorRT",
)
_GPU = "/dev/nvidia0"
_END = b"\0end of the start\n"


def load_tensorflow(announced: bool = True) -> None:
    """Loads TensorFlow with all that tfgans needs of it, and looks for devices.

    Libraries in C++ write to standard error at that time, before any setting of a log applies. Known lines of theirs
    are left out, and all others are kept.

    Args:
        announced: Whether to say so first, since it takes seconds.
    """
    if "tensorflow" in sys.modules:
        return
    if announced:
        print("Loading TensorFlow.", file=sys.stderr, flush=True)
    with without_noise():
        import tensorflow as tf

        tf.config.list_physical_devices()
        import tfgans.training  # noqa: F401


@contextlib.contextmanager
def without_noise() -> Iterator[None]:
    """Filters what is written to the descriptor of standard error while the context lasts.

    Another process filters, so that the last words of this one are shown too if it is aborted.
    """
    sys.stderr.flush()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writing)
        _filter(reading)
    os.close(reading)
    errors = os.dup(2)
    os.dup2(writing, 2)
    os.close(writing)
    try:
        yield
    finally:
        sys.stderr.flush()
        # A process that was started in the meantime may hold the pipe open.
        os.write(2, _END)
        os.dup2(errors, 2)
        os.close(errors)
        os.waitpid(child, 0)


def is_noise(line: str) -> bool:
    """Returns whether a line of a log is one that every start of TensorFlow has on such a machine."""
    patterns = _NOISE if os.path.exists(_GPU) else _NOISE + _NOISE_WITHOUT_GPU
    return any(re.search(pattern, line) for pattern in patterns)


def _filter(reading: int) -> None:
    """Copies lines to standard error, and ends this process at the end of the input."""
    # A terminal sends Ctrl-C to all processes, and the other one may have something to say about it.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
        signal.signal(number, signal.SIG_IGN)
    try:
        with os.fdopen(reading, "rb") as lines:
            for line in lines:
                text, end, _ = line.partition(_END)
                if text and not is_noise(text.decode(errors="replace")):
                    os.write(2, text)
                if end:
                    break
    finally:
        os._exit(0)
