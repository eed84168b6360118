import os
import pathlib
import platform
import subprocess
import sys
import threading

import numpy as np
import pytest

from tfgans.data.cache import cache_folder, cached_arrays, made_once


def test_folder(monkeypatch):
    monkeypatch.setenv("TFGANS_CACHE", "/somewhere")
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert cache_folder() == pathlib.Path("/somewhere")
    monkeypatch.delenv("TFGANS_CACHE")
    assert cache_folder() == pathlib.Path("/elsewhere/tfgans")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == pathlib.Path.home() / ".cache" / "tfgans"


def test_arrays_are_made_once(cache):
    made = []

    def make():
        made.append(1)
        return {"a": np.arange(3.0), "b": np.array(7)}

    for _ in range(2):
        arrays = cached_arrays("key", make)
        np.testing.assert_array_equal(arrays["a"], [0, 1, 2])
        assert arrays["b"] == 7
    assert made == [1]
    assert [file.name for file in cache.iterdir()] == ["key.npz"]


@pytest.mark.parametrize("left", [slice(0), slice(400), slice(40, None)])
def test_a_damaged_file_is_made_anew(cache, capsys, left):
    cached_arrays("key", lambda: {"a": np.arange(100.0)})
    whole = (cache / "key.npz").read_bytes()
    (cache / "key.npz").write_bytes(whole[left])
    np.testing.assert_array_equal(cached_arrays("key", lambda: {"a": np.arange(100.0)})["a"], np.arange(100))
    assert "key.npz" in (shown := capsys.readouterr().err)
    assert "made anew" in shown
    cached_arrays("key", lambda: pytest.fail("It was kept."))


def test_what_cannot_be_kept_is_not_lost(cache, capsys):
    cache.write_text("a file where the folder should be")
    np.testing.assert_array_equal(cached_arrays("key", lambda: {"a": np.arange(3)})["a"], [0, 1, 2])
    assert "Cannot keep" in capsys.readouterr().err
    assert cache.read_text() == "a file where the folder should be"


def test_nothing_is_kept_of_what_could_not_be_made(cache):
    def fail():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        cached_arrays("key", fail)
    assert not cache.exists()


def test_the_second_waits_for_the_first(cache, deadline, capsys):
    """A lock belongs to an open file, so that two threads lock each other out as two processes do."""
    order = []

    def second():
        with made_once("key"):
            order.append("second")

    with made_once("key"), made_once("another key"):
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.2)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]
    holder = f"Process {os.getpid()} on {platform.node()}"
    assert capsys.readouterr().err == f"{holder} makes key in {cache}; this one waits for it, an hour at most.\n"


def test_nobody_waits_for_ever(cache, deadline, capsys, monkeypatch):
    monkeypatch.setattr("tfgans.data.cache._LONGEST_WAIT", 0.1)
    with made_once("key"), made_once("key"):
        pass
    assert capsys.readouterr().err.splitlines()[1:] == [
        f"This process waits no longer, and makes key in {cache} itself."
    ]


def test_the_lock_of_a_killed_process_holds_nobody_up(cache, deadline, capsys):
    cache.mkdir()
    hold = f"import fcntl; file = open('{cache}/key.lock', 'w'); fcntl.flock(file, fcntl.LOCK_EX); print(); input()"
    with subprocess.Popen([sys.executable, "-u", "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        other.kill()
    with made_once("key"):
        pass
    assert capsys.readouterr().err == ""


def test_a_cache_that_cannot_be_written_locks_nobody_out(cache, deadline):
    cache.write_text("a file where the folder should be")
    with made_once("key"), made_once("key"):
        pass
