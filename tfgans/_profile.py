"""The profile of a command: the time that each of its parts takes."""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

FIRST_CALL, STEPS = "first call, with tracing", "steps"
_OTHER = "other"


class Profile:
    """Seconds and calls of the parts of a command by name, in the order in which they begin.

    A part may have parts inside it, whose time it does not count. So the seconds of all parts add up to the time since
    the profile began. The part `other` is the time outside of all parts.
    """

    def __init__(self) -> None:
        self._seconds = {_OTHER: 0.0}
        self._calls = {_OTHER: 1}
        self._open = [_OTHER]
        self._since = time.monotonic()

    @contextlib.contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Counts the time of the context for a part."""
        self._count()
        self._calls[name] = self._calls.get(name, 0) + 1
        self._seconds.setdefault(name, 0.0)
        self._open.append(name)
        try:
            yield
        finally:
            self._count()
            self._open.pop()

    def _count(self) -> None:
        """Counts the time since the last call for the part that is open."""
        now = time.monotonic()
        self._seconds[self._open[-1]] += now - self._since
        self._since = now

    def rows(self) -> list[dict[str, Any]]:
        """Returns `part`, `calls`, `seconds` and `share` of all time for each part up to now."""
        self._count()
        # The time outside of all parts comes last.
        names = [*list(self._seconds)[1:], _OTHER]
        total = sum(self._seconds.values())
        return [
            {
                "part": name,
                "calls": self._calls[name],
                "seconds": round(self._seconds[name], 4),
                "share": round(self._seconds[name] / total, 4),
            }
            for name in names
        ]


def table(rows: list[dict[str, Any]]) -> str:
    """Returns the rows of a profile as a table, with sums below."""
    width = max(len(row["part"]) for row in rows)
    around = [row for row in rows if row["part"] != STEPS]
    sums = {"all": rows, "all but steps": around}
    lines = [f"{'part':{width}} {'calls':>7} {'seconds':>9} {'share':>7}"]
    lines += [f"{row['part']:{width}} {row['calls']:7} {row['seconds']:9.2f} {row['share']:7.1%}" for row in rows]
    for name, summed in sums.items():
        seconds, share = (sum(row[key] for row in summed) for key in ("seconds", "share"))
        lines.append(f"{name:{width}} {'':7} {seconds:9.2f} {share:7.1%}")
    return "\n".join(lines)


_running: Profile | None = None


@contextlib.contextmanager
def profiled() -> Iterator[Profile]:
    """Profiles the context: `part` counts for the profile that this returns."""
    global _running
    before, _running = _running, Profile()
    try:
        yield _running
    finally:
        _running = before


def running() -> Profile | None:
    """Returns the profile of this process, or None if it takes none."""
    return _running


@contextlib.contextmanager
def part(name: str) -> Iterator[None]:
    """Counts the time of the context, or of the decorated function, for a part of the profile, if there is one."""
    with contextlib.nullcontext() if _running is None else _running.part(name):
        yield


def timed(name: str, function: Callable[..., Any], then: str | None = None) -> Callable[..., Any]:
    """Returns the function with its calls counted for a part.

    Args:
        name: The part of its calls.
        function: The function.
        then: The part of all calls but the first; by default `name` too.
    """
    names = iter([name])

    def call(*arguments: Any, **keywords: Any) -> Any:
        with part(next(names, then or name)):
            return function(*arguments, **keywords)

    return call
