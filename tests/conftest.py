import os
import signal

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# With several threads in an operation, sums may round in another order from run to run.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
# Threads of linear algebra that wait for a busy core take twenty times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# XLA compiles large steps in half the time, and what it compiles is as right.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true")

import numpy as np
import pytest
from double_precision import double_precision

# It chooses TensorFlow's kernels, which must not depend on what a test imports first.
import tfgans  # noqa: F401

# In the order of their tests. Workers that begin with the longest files and end with short ones end together.
_KINDS = ("conformance", "run", "slow", "unit")
_KINDS_OF_FOLDERS = {
    "conformance": "conformance",
    "callbacks": "run",
    "training": "run",
    "cli": "run",
    "pages": "run",
    "serving": "run",
    "papers": "run",
}
# A worker takes a whole file at a time. These take longest.
_LONGEST = ("test_every_write.py", "test_machines.py", "test_two_devices.py", "test_precision.py", "test_hour.py")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Gives each test one kind: the one that it is marked with, or else that of its folder; and sorts by kind.

    The longest files of a kind are first.
    """
    for item in items:
        marked = [kind for kind in _KINDS if item.get_closest_marker(kind)]
        if len(marked) > 1:
            raise pytest.UsageError(f"{item.nodeid} has several kinds: {sorted(marked)}.")
        if not marked:
            item.add_marker(_KINDS_OF_FOLDERS.get(item.path.parent.name, "unit"))

    def place(item):
        return [item.get_closest_marker(kind) is None for kind in _KINDS], item.path.name not in _LONGEST

    items.sort(key=place)


@pytest.fixture(scope="session", autouse=True)
def _hear_interrupts():
    """A shell starts what it runs in the background deaf to Ctrl-C, and nohup to SIGHUP, which some tests send."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory, worker_id):
    """All workers share one cache, which begins empty."""
    folder = tmp_path_factory.getbasetemp()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TFGANS_CACHE", str((folder if worker_id == "master" else folder.parent) / "cache"))
        yield


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache of the test's own, which is empty."""
    monkeypatch.setenv("TFGANS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def drawn(monkeypatch):
    """Figures in the order in which they were written, so that a test reads what they draw."""
    from matplotlib.figure import Figure

    figures, savefig = [], Figure.savefig

    def save(figure, *arguments, **options):
        figures.append(figure)
        savefig(figure, *arguments, **options)

    monkeypatch.setattr(Figure, "savefig", save)
    return figures


@pytest.fixture(autouse=True)
def _fixed_seed():
    """Initial weights do not depend on which tests ran before."""
    import keras

    keras.utils.set_random_seed(0)


@pytest.fixture
def float64():
    """Models built under this fixture compute in double precision."""
    with double_precision():
        yield


@pytest.fixture
def random():
    return np.random.default_rng(0)


@pytest.fixture
def deadline():
    """A test under this fixture fails where it waits for longer than ten seconds."""

    def give_up(number, frame):
        # This is no Exception, which the code under test might catch.
        pytest.fail("waits forever")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(10)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def flushed(monkeypatch):
    """Paths of the files and folders that were brought to the disk, in this order."""
    paths, fsync = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: paths.append(os.readlink(f"/proc/self/fd/{file}")) or fsync(file))
    return paths


@pytest.fixture
def moves(monkeypatch, flushed):
    """What moved: old path, new path, and what was on the disk by then."""
    found = []

    def noted(move):
        return lambda *pair: found.append((*map(os.fspath, pair), list(flushed))) or move(*pair)

    for name in ("rename", "replace"):
        monkeypatch.setattr(os, name, noted(getattr(os, name)))
    return found
