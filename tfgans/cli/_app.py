"""What all commands share: their flags in --help, and errors in one line."""

import logging as logging_of_python
import os
import pathlib
import signal
import sys
import warnings
from collections.abc import Callable, Sequence
from types import FrameType
from typing import TYPE_CHECKING

from absl import app, flags, logging

from tfgans._errors import Interrupted, MissingExtraError

if TYPE_CHECKING:
    import numpy as np

# A shell adds the number of the signal.
_EXIT_OF_SIGNALS = 128
# What bad input raises; anything else is a fault of ours and keeps its traceback, as these do with --traceback.
_EXPECTED_ERRORS = (ValueError, OSError, ArithmeticError, MissingExtraError)


def run(define_flags: Callable[[], None], main: Callable[[], None]) -> None:
    """Runs a command: defines its flags, parses them, calls `main`, and exits.

    Exits with 0, with 1 and one line on standard error after bad input, and as a shell does after a signal: with 130
    after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP, and 138 after SIGUSR1.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    logging.set_verbosity(logging.WARNING)
    # TensorFlow tells of deprecations in the libraries that use it.
    logging_of_python.getLogger("tensorflow").setLevel(logging_of_python.ERROR)
    warnings.formatwarning = lambda message, *_: f"Warning: {message}\n"
    before = set(flags.FLAGS)
    define_flags()
    flags.DEFINE_bool("traceback", False, "Shows where an error arose.")
    for name in set(flags.FLAGS) - before:
        flags.FLAGS.register_key_flag_for_module(sys.argv[0], flags.FLAGS[name])
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
        # `nohup` has a command ignore that its terminal is gone.
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)
    app.run(lambda argv: _guarded(argv, main))


def define_data_flags() -> None:
    """Flags of commands that read data sets."""
    flags.DEFINE_string("data_dir", None, "Folder of prepared data sets; by default TFDS_DATA_DIR, else TFDS's own.")
    flags.DEFINE_bool("download", False, "Allows the download of a data set that is not prepared.")


def define_run_flags() -> None:
    """Flags of commands that read a run."""
    flags.DEFINE_string("workdir", None, "Folder of the run.", required=True)
    flags.DEFINE_integer("step", None, "Step of the checkpoint; by default the newest.")
    flags.DEFINE_bool("averaged", True, "Takes the averaged generator, where the run has one.")


def define_grid_flags() -> None:
    """Flags of commands that sample a grid, one label a row."""
    flags.DEFINE_integer("count", 10, "Samples for each label; of other models, all there are.", lower_bound=1)
    flags.DEFINE_integer("seed", 0, "Seed; samples of one column share it, and so their latent vector.")


def rows_of_labels(labels: "np.ndarray") -> "tuple[np.ndarray, list[int]]":
    """`--count` of each label, row by row, and the seeds of their samples."""
    import numpy as np

    count, seed = flags.FLAGS.count, flags.FLAGS.seed
    return np.repeat(labels, count, axis=0), list(range(seed, seed + count)) * len(labels)


def position(text: str, names: Sequence[str]) -> int | None:
    """Index of a name that is given as it is or by its number; None if it is neither."""
    if text in names:
        return names.index(text)
    return int(text) if text.isdecimal() and int(text) < len(names) else None


def checked_out(text: str, suffixes: tuple[str, ...]) -> pathlib.Path:
    """The path of a file to write.

    Raises:
        ValueError: If it has none of the suffixes.
        FileNotFoundError: If its folder does not exist.
    """
    path = pathlib.Path(text)
    if path.suffix not in suffixes:
        raise ValueError(f"--out must end in {' or '.join(suffixes)}; received {text}.")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {path.parent}.")
    return path


def _guarded(argv: list[str], main: Callable[[], None]) -> None:
    try:
        if argv[1:]:
            raise ValueError(f"Flags begin with --; received {' '.join(argv[1:])}.")
        main()
    except KeyboardInterrupt as stop:
        print(*stop.args or ["Interrupted."], file=sys.stderr)
        number = stop.signal if isinstance(stop, Interrupted) else signal.SIGINT
        sys.exit(_EXIT_OF_SIGNALS + number)
    except _EXPECTED_ERRORS as error:
        if flags.FLAGS.traceback:
            raise
        message = " ".join(str(error).split())
        sys.exit(f"Error: {message}")


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise Interrupted(number)
