import contextlib
import types

import pytest

from tfgans import _profile


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test moves."""
    times = {"now": 100.0}
    monkeypatch.setattr(_profile, "time", types.SimpleNamespace(monotonic=lambda: times["now"]))

    def wait(seconds):
        times["now"] += seconds

    return wait


def seconds_and_calls(profile):
    return {row["part"]: (row["seconds"], row["calls"]) for row in profile.rows()}


def test_a_part_does_not_count_the_parts_inside_it(clock):
    """A waits 1, B inside it 2, A again 4; B alone waits 8; outside 16 seconds pass."""
    with _profile.profiled() as profile:
        with _profile.part("a"):
            clock(1)
            with _profile.part("b"):
                clock(2)
            clock(4)
        with _profile.part("b"):
            clock(8)
        clock(16)
        assert seconds_and_calls(profile) == {"a": (5, 1), "b": (10, 2), "other": (16, 1)}
        assert [row["share"] for row in profile.rows()] == [0.1613, 0.3226, 0.5161]


def test_an_error_ends_a_part(clock):
    with _profile.profiled() as profile:
        with contextlib.suppress(ValueError), _profile.part("a"):
            clock(1)
            raise ValueError
        clock(2)
        assert seconds_and_calls(profile) == {"a": (1, 1), "other": (2, 1)}


def test_the_first_call_has_a_part_of_its_own(clock):
    call = _profile.timed("first", lambda seconds: clock(seconds) or seconds, then="later")
    with _profile.profiled() as profile:
        assert [call(3), call(1), call(1)] == [3, 1, 1]
        assert seconds_and_calls(profile) == {"first": (3, 1), "later": (2, 2), "other": (0, 1)}


def test_nothing_is_counted_without_a_profile(clock):
    with _profile.profiled() as profile:
        clock(1)
    with _profile.part("a"):
        clock(1)
    assert _profile.running() is None
    assert "a" not in seconds_and_calls(profile)


def test_the_table_sums_all_but_the_steps():
    rows = [
        {"part": "import", "calls": 1, "seconds": 1.0, "share": 0.1},
        {"part": _profile.STEPS, "calls": 30, "seconds": 8.0, "share": 0.8},
        {"part": "other", "calls": 1, "seconds": 1.0, "share": 0.1},
    ]
    lines = [line.split() for line in _profile.table(rows).splitlines()]
    assert lines[1] == ["import", "1", "1.00", "10.0%"]
    assert lines[-2:] == [["all", "10.00", "100.0%"], ["all", "but", "steps", "2.00", "20.0%"]]
