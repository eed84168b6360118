import functools
import json
import pathlib
import subprocess
import sys


@functools.cache
def two_devices():
    program = pathlib.Path(__file__).with_name("two_devices.py")
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_whole_run_on_two_devices():
    assert two_devices()["run"] == 2


def test_two_devices_take_the_step_of_one(row):
    """In float64 with SGD, so that a wrong scale shows; batch normalisation and penalty included."""
    result = two_devices()[row.name]
    assert result["moved"] > 1e-3
    assert result["difference"] < 1e-9
