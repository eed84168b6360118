import subprocess
import sys

import pytest

from tfgans import _startup


def errors_of(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    return done.stderr.splitlines(), done.returncode


WRITES = """
import os, sys
from tfgans._startup import without_noise
with without_noise():
    os.write(2, b"I0000 port.cc:153] oneDNN custom operations are on. You may see\\n")
    os.write(2, b"W0000 a real warning\\n")
    print("from Python", file=sys.stderr)
    {last}
os.write(2, b"oneDNN custom operations are on.\\n")
"""


def test_known_lines_are_left_out_and_others_are_kept():
    lines, code = errors_of(WRITES.format(last="pass"))
    assert lines == ["W0000 a real warning", "from Python", "oneDNN custom operations are on."]
    assert code == 0


def test_the_last_words_of_an_aborted_process_are_kept():
    lines, code = errors_of(WRITES.format(last="os.write(2, b'F0000 check failed'); os.abort()"))
    assert {"W0000 a real warning", "F0000 check failed"} <= set(lines)
    assert code < 0


def test_an_error_and_a_process_in_the_background_do_not_block():
    background = (
        "import subprocess; subprocess.Popen(['sleep', '30'], stdout=subprocess.DEVNULL); raise ValueError('no')"
    )
    lines, code = errors_of(WRITES.format(last=background))
    assert lines[:2] == ["W0000 a real warning", "from Python"]
    assert lines[-1] == "ValueError: no"
    assert code == 1


@pytest.mark.parametrize("has_gpu", [False, True])
def test_lines_about_cuda_are_noise_without_a_gpu_alone(has_gpu, tmp_path, monkeypatch):
    monkeypatch.setattr(_startup, "_GPU", str(tmp_path) if has_gpu else str(tmp_path / "none"))
    failed = "E0000 cuda_platform.cc:52] failed call to cuInit: INTERNAL: CUDA error"
    assert _startup.is_noise(failed) is not has_gpu
    assert _startup.is_noise("WARNING: All log messages before absl::InitializeLog() is called are written to STDERR")
    assert not _startup.is_noise("W0000 allocation exceeds 10% of free system memory")


STARTS = """
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
os.environ.pop("TF_ENABLE_ONEDNN_OPTS")
from tfgans import _startup
_startup.load_tensorflow()
from tensorflow.python.util import _pywrap_util_port
print(_pywrap_util_port.IsMklEnabled())
"""


@pytest.mark.run
def test_a_start_of_tensorflow_is_one_line_and_has_the_kernels_of_onednn():
    """On Linux, where TensorFlow has them."""
    done = subprocess.run([sys.executable, "-c", STARTS], capture_output=True, text=True, check=False, timeout=120)
    assert done.stderr.splitlines() == ["Loading TensorFlow."]
    assert done.stdout.split() == [str(sys.platform == "linux")]
    assert done.returncode == 0
