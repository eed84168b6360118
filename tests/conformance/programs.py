"""Programs of this folder, whose checks need a process of their own."""

import functools
import json
import pathlib
import subprocess
import sys


@functools.cache
def _done_by(program, *arguments):
    command = [sys.executable, pathlib.Path(__file__).with_name(program), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=1_200)


def found_by(program, *arguments):
    """Returns what a program prints last, as JSON. The program runs once."""
    done = _done_by(program, *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
