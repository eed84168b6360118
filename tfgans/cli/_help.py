"""The text of `--help`: a sentence, examples, and the flags in groups."""

import re
import shutil
import textwrap
from collections.abc import Iterable, Sequence

from absl import flags

_WORDS = ("--help", "-help", "--helpshort", "-helpshort", "-h", "-?")
_EXAMPLE = "scripts/"
_WIDEST, _INDENT = 110, 6

# Titles of groups, each with the flags that were defined before it.
_groups: list[tuple[str, frozenset[str]]] = []


def group(title: str) -> None:
    """Begins a group of flags: those that are defined next, until another group begins."""
    _groups.append((title, frozenset(flags.FLAGS)))


def forget_groups() -> None:
    """Ends all groups, as a command begins to define its flags."""
    _groups.clear()


def is_asked_for(arguments: Sequence[str]) -> bool:
    """Returns whether arguments of a command ask for its help."""
    return any(argument in _WORDS for argument in arguments)


def text(introduction: str, names: Iterable[str]) -> str:
    """Returns the text of the help.

    Args:
        introduction: A sentence, and examples on lines that begin with `scripts/`.
        names: Names of the command's flags, in the order of their definitions.
    """
    width = min(_WIDEST, shutil.get_terminal_size().columns)
    lines = [line.strip() for line in introduction.strip().splitlines()]
    lines = [f"  python {line}" if line.startswith(_EXAMPLE) else line for line in lines]
    titles: dict[str, list[str]] = {}
    for name in names:
        titles.setdefault(_title(name), []).append(_described(flags.FLAGS[name], width))
    return "\n\n".join(["\n".join(lines), *("\n".join([f"{title}:", *each]) for title, each in titles.items())])


def _title(name: str) -> str:
    return next((title for title, before in reversed(_groups) if name not in before), "Flags")


def _described(flag: flags.Flag, width: int) -> str:
    lines = textwrap.wrap(_help_of(flag), width - _INDENT)
    return "\n".join([f"  {_usage(flag)}", *(" " * _INDENT + line for line in lines)])


def _usage(flag: flags.Flag) -> str:
    """The flag as somebody types it."""
    if flag.boolean:
        return f"--[no]{flag.name}" if flag.default else f"--{flag.name}"
    choices = getattr(flag.parser, "enum_values", None)
    number = flag.flag_type() in ("int", "float")
    return f"--{flag.name}={'|'.join(choices) if choices else 'NUMBER' if number else 'VALUE'}"


def _help_of(flag: flags.Flag) -> str:
    """The sentences on a flag, without what absl adds about choices, and its default."""
    sentences = re.sub(r"^<[^>]*>: ", "", flag.help)
    sentences = re.sub(r";\s+repeat this option to specify a list of values\.?", ". It may be given again", sentences)
    sentences = sentences if sentences.endswith(".") else f"{sentences}."
    if flag.boolean or flag.default in (None, []):
        return sentences
    default = flag.default if isinstance(flag.default, list) else [flag.default]
    return f"{sentences} [{', '.join(map(str, default))}]"
