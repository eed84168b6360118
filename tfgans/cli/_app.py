"""The frame of all commands: shared flags, errors in one line, and exit codes."""

import logging as logging_of_python
import math
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
from tfgans.choices import suggestion
from tfgans.cli import _help

if TYPE_CHECKING:
    import numpy as np

# Samples that a grid has in one row at least.
_ROW = 10
# As in a shell, the exit code after a signal is this plus its number.
_SIGNAL_EXIT_CODE = 128
# Bad input raises these. Any other error is a fault of tfgans and keeps its traceback.
_EXPECTED_ERRORS = (ValueError, OSError, ArithmeticError, MissingExtraError)


def run(define_flags: Callable[[], None], main: Callable[..., None], takes_paths: bool = False) -> None:
    """Defines the flags of a command, parses them, calls `main`, and exits.

    `main` receives the words that are no flags if the command `takes_paths`; other commands refuse them.

    The exit code is 0 after success, and 1 after bad input, with one line on standard error. After a signal it is 128
    plus the signal's number: 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP, and 138 after SIGUSR1.
    """
    _help.forget_groups()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    logging.set_verbosity(logging.WARNING)
    # TensorFlow warns of deprecations in the libraries that use it.
    logging_of_python.getLogger("tensorflow").setLevel(logging_of_python.ERROR)
    warnings.formatwarning = lambda message, *_: f"Warning: {message}\n"
    before = set(flags.FLAGS)
    define_flags()
    group("Errors")
    flags.DEFINE_bool("traceback", False, "Shows the traceback of an error.")
    if _help.is_asked_for(sys.argv[1:]):
        names = [name for name in flags.FLAGS if name not in before]
        # `head` reads some lines and closes the pipe; an error about that helps nobody.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        print(_help.text(sys.modules[main.__module__].__doc__ or "", names))
        sys.exit()
    for name in set(flags.FLAGS) - before:
        flags.FLAGS.register_key_flag_for_module(sys.argv[0], flags.FLAGS[name])
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
        # `nohup` sets SIGHUP to be ignored.
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)
    app.run(lambda argv: _call(main, argv, takes_paths))


group = _help.group


def define_data_flags() -> None:
    """Defines the flags of commands that read data sets."""
    group("Data sets")
    flags.DEFINE_string(
        "data_dir", None, "Folder of prepared data sets; by default $TFDS_DATA_DIR or ~/tensorflow_datasets."
    )
    flags.DEFINE_bool("download", False, "Allows the download of a data set that is not prepared.")


def define_run_flags(required: bool = True) -> None:
    """Defines the flags of commands that load the model of a run, which may do without one if it is not `required`."""
    group("Run")
    flags.DEFINE_string("workdir", None, "Folder of the run.", required=required)
    flags.DEFINE_integer("step", None, "Step of the checkpoint; by default the newest.")
    flags.DEFINE_bool("averaged", True, "Uses the averaged generator, if the run has one.")


def refuse_beside(chosen: str, others: Sequence[str]) -> None:
    """Raises ValueError if the user gave any of the other flags, which mean nothing beside the chosen one."""
    if given := [f"--{name}" for name in others if flags.FLAGS[name].present]:
        raise ValueError(f"{chosen} takes no {' and no '.join(given)}.")


def define_grid_flags() -> None:
    """Defines the flags of commands that sample a grid with one label a row."""
    group("Samples")
    flags.DEFINE_integer("count", 10, "Samples for each label; without labels, samples in all.", lower_bound=1)
    flags.DEFINE_integer("seed", 0, "Seed of the first column. Samples of one column share their latent vector.")


def define_choice(name: str, default: str, choices: Sequence[str], help_text: str) -> None:
    """Defines a flag that takes one of some names, and whose error suggests the name that is spelt like another."""
    flags.DEFINE(_ChoiceParser(choices), name, default, help_text, serializer=flags.ArgumentSerializer())


def define_filter(name: str, help_text: str) -> None:
    """Defines a flag that is given alone, as `--list`, or with a text, as `--list=logan`; None if it is not given."""
    flags.DEFINE_flag(flags.Flag(_FilterParser(), flags.ArgumentSerializer(), name, None, help_text, boolean=True))


class _ChoiceParser(flags.EnumParser):
    def parse(self, argument: str) -> str:
        if argument not in self.enum_values:
            raise ValueError(suggestion(argument, self.enum_values))
        return argument


class _FilterParser(flags.ArgumentParser):
    """Parses the text of a filter; without a text, absl gives the words of a Boolean flag."""

    def parse(self, argument: str) -> str | None:
        return {"true": "", "false": None}.get(argument, argument)


def rows_of_labels(labels: "np.ndarray") -> "tuple[np.ndarray, list[int]]":
    """Repeats each label `--count` times, and returns these labels and the seeds of their samples."""
    import numpy as np

    count, seed = flags.FLAGS.count, flags.FLAGS.seed
    return np.repeat(labels, count, axis=0), list(range(seed, seed + count)) * len(labels)


def write_grid(images: "np.ndarray", out: pathlib.Path) -> None:
    """Writes the PNG of samples without labels, in a row or, if they are many, in about as many rows as columns."""
    from tfgans import plots

    plots.image_grid(images, max(_ROW, math.ceil(math.sqrt(len(images)))), out)


def write_labelled_grid(images: "np.ndarray", row_names: Sequence[str], out: pathlib.Path) -> None:
    """Writes the PNG of samples with `--count` columns, one label a row and one latent vector a column."""
    from tfgans import plots

    options = {"row_label": "label", "column_label": "one z a column"}
    plots.image_grid(images, flags.FLAGS.count, out, row_names=row_names, **options)


def position(text: str, names: Sequence[str]) -> int | None:
    """Returns the index of a name, which `text` is or has the number of; None if it is neither."""
    if text in names:
        return names.index(text)
    return int(text) if text.isdecimal() and int(text) < len(names) else None


def image_shape(parts: Sequence[str] | None) -> tuple[int, ...] | None:
    """Parses HEIGHT,WIDTH,CHANNELS.

    Raises:
        ValueError: If they are not three positive numbers, or there are neither 1 nor 3 channels.
    """
    if parts is None:
        return None
    if len(parts) != 3 or not all(part.isdecimal() and int(part) > 0 for part in parts) or parts[2] not in ("1", "3"):
        raise ValueError(f"--image_shape takes HEIGHT,WIDTH,1 or HEIGHT,WIDTH,3; received {','.join(parts)}.")
    return tuple(int(part) for part in parts)


def output_path(text: str, suffixes: tuple[str, ...]) -> pathlib.Path:
    """Returns the path of a file to write.

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


def _call(main: Callable[..., None], argv: list[str], takes_paths: bool) -> None:
    """Calls the command, and turns its errors into lines and exit codes."""
    try:
        if argv[1:] and not takes_paths:
            raise ValueError(f"Flags begin with --; received {' '.join(argv[1:])}.")
        main(*argv[1:])
    except KeyboardInterrupt as stop:
        print(*stop.args or ["Interrupted."], file=sys.stderr)
        number = stop.signal if isinstance(stop, Interrupted) else signal.SIGINT
        sys.exit(_SIGNAL_EXIT_CODE + number)
    except _EXPECTED_ERRORS as error:
        if flags.FLAGS.traceback:
            raise
        message = " ".join(str(error).split())
        sys.exit(f"Error: {message}")


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise Interrupted(number)
