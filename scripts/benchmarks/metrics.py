"""Compares the time and memory of scores with other implementations.

It prints lines of JSON: the `name` of a measurement, its `value` and `unit`, and the implementation that it is compared
with (`against`). The implementations take turns. Ratios are those of the shortest turns, since other work on the
machine only slows a turn.
"""

import json
import multiprocessing
import pathlib
import subprocess
import time
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from absl import app, flags

if TYPE_CHECKING:
    import numpy as np

_QUICK = flags.DEFINE_bool("quick", False, "Uses small sizes, to test the benchmark itself.")
_TURNS = flags.DEFINE_integer("turns", 3, "Times that each implementation is run.", lower_bound=1)
_BENCHMARKS = ["frechet", "prdc", "memory"]
_ONLY = flags.DEFINE_multi_enum("only", _BENCHMARKS, _BENCHMARKS, "Benchmarks to run.")
_TORCH_FIDELITY = flags.DEFINE_string(
    "torch_fidelity", None, "Python with torch-fidelity and absl, to compare with it in place of these benchmarks."
)

_NEIGHBOUR = 5
_CHUNK = 1000
_PART = 250


def main(_: list[str]) -> None:
    """Runs the chosen benchmarks."""
    count = 500 if _QUICK.value else 10_000
    if _TORCH_FIDELITY.value:
        torch_fidelity(max(1_000, count), 64 if _QUICK.value else 2048)
        return
    if "frechet" in _ONLY.value:
        frechet(count, 64 if _QUICK.value else 2048)
    if "prdc" in _ONLY.value:
        nearest_neighbours(count, 32 if _QUICK.value else 512)
    if "memory" in _ONLY.value:
        memory(count, 64 if _QUICK.value else 2048)
        moments_memory(5 * count, 64 if _QUICK.value else 2048)


def frechet(count: int, size: int) -> None:
    """The Frechet distance against a general square root and against TF-GAN."""
    import tensorflow as tf

    from tfgans import metrics
    from tfgans.metrics import _tfgan

    pair = features(count, size)
    tensors = [tf.constant(part) for part in pair]
    of_tfgan = _tfgan.module("classifier_metrics").frechet_classifier_distance_from_activations
    seconds, values = race(
        {
            "tfgans": lambda: metrics.frechet_distance(*pair),
            "scipy.linalg.sqrtm": lambda: by_square_root(*pair),
            "TF-GAN": lambda: float(of_tfgan(*tensors)),
        }
    )
    what = f"frechet_distance {count}x{size}"
    report_times(what, seconds)
    for name in ("scipy.linalg.sqrtm", "TF-GAN"):
        report(f"{what}: difference", abs(values[name] / values["tfgans"] - 1), "relative", name)


def nearest_neighbours(count: int, size: int) -> None:
    """`prdc` against the same numbers made with scikit-learn's brute-force neighbours."""
    from tfgans import metrics

    pair = features(count, size)
    seconds, values = race(
        {
            "tfgans": lambda: metrics.prdc(*pair, _NEIGHBOUR),
            "scikit-learn": lambda: by_scikit_learn(*pair),
            "scikit-learn, two kneighbors alone": lambda: [radii(part) for part in pair],
        }
    )
    what = f"prdc {count}x{count}x{size}"
    report_times(what, seconds)
    difference = max(abs(a - b) for a, b in zip(values["tfgans"], values["scikit-learn"], strict=True))
    report(f"{what}: largest difference", difference, "absolute", "scikit-learn")


def memory(count: int, size: int) -> None:
    """Peak memory of `prdc`, in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        peak, above = pool.apply(prdc_memory, (count, size))
    what = f"prdc {count}x{count}x{size} float32"
    report(f"{what}: peak memory", above, "MB", "the process with its inputs, before the call")
    report(f"{what}: peak memory", peak, "MB", "nothing: interpreter, libraries and inputs are in it")


def moments_memory(count: int, size: int) -> None:
    """Peak memory of the Frechet distance of sets that come in parts, in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        above = pool.apply(frechet_memory, (count, size))
    what = f"frechet_distance {count}x{size} float32, in parts of {_PART}"
    report(f"{what}: peak memory", above, "MB", "the process before the first part")


def frechet_memory(count: int, size: int) -> float:
    """How far the peak resident memory in MB of a fresh process is above what it was before the first part."""
    from tfgans import metrics

    part = features(_PART, size)
    before = resident_memory("VmRSS")
    moments = metrics.Moments(), metrics.Moments()
    for _ in range(-(-count // _PART)):
        for moment, values in zip(moments, part, strict=True):
            moment.update(values)
    metrics.frechet_distance(*moments)
    return resident_memory("VmHWM") - before


def torch_fidelity(count: int, size: int) -> None:
    """Images scored a second, from stored features, against torch-fidelity, which has a process of its own."""
    from tfgans import metrics

    pair = features(count, size)
    program = pathlib.Path(__file__).with_name("metrics_torch_fidelity.py")
    command = [_TORCH_FIDELITY.value, program, f"--count={count}", f"--size={size}", f"--turns={_TURNS.value}"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    theirs = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    runners = {
        "frechet": lambda: metrics.frechet_distance(*pair),
        "kernel": lambda: metrics.kernel_distance(*pair, 1_000).mean,
        "precision": lambda: metrics.prdc(*pair, _NEIGHBOUR).precision,
    }
    for line in theirs:
        name = line["score"]
        seconds, values = race({name: runners[name]})
        what = f"{name} {count}x{size}"
        report(f"{what}: images scored", 2 * count / seconds[name], "images/s", None)
        report(f"{what}: images scored", line["seconds"] / seconds[name], "ratio", "torch-fidelity")
        report(f"{what}: difference", abs(values[name] - line["value"]), "absolute", "torch-fidelity")


def prdc_memory(count: int, size: int) -> tuple[float, float]:
    """Peak resident memory in MB of a fresh process, and how far that is above what it was before the call."""
    from tfgans import metrics

    pair = features(count, size)
    before = resident_memory("VmRSS")
    metrics.prdc(*pair, _NEIGHBOUR)
    peak = resident_memory("VmHWM")
    return peak, peak - before


def resident_memory(field: str) -> float:
    """Resident memory of this process in MB; `resource` would give the parent's peak where that is higher."""
    with open("/proc/self/status") as file:
        line = next(line for line in file if line.startswith(field))
    return int(line.split()[1]) * 1024 / 1e6


def features(count: int, size: int) -> "tuple[np.ndarray, np.ndarray]":
    """Two float32 sets whose variances fall over two decades, as those of a network's features do."""
    import numpy as np

    random = np.random.default_rng(0)
    scales = np.logspace(0, -1, size, dtype=np.float32)
    real, generated = (random.standard_normal((count, size), dtype=np.float32) for _ in range(2))
    real *= scales
    generated *= scales
    generated += np.float32(0.05)
    return real, generated


def by_square_root(real: "np.ndarray", generated: "np.ndarray") -> float:
    """The Frechet distance as most code writes it."""
    import numpy as np
    import scipy.linalg

    real, generated = real.astype(np.float64), generated.astype(np.float64)
    covariances = np.cov(real, rowvar=False), np.cov(generated, rowvar=False)
    shift = real.mean(axis=0) - generated.mean(axis=0)
    root = scipy.linalg.sqrtm(covariances[0] @ covariances[1])
    return float(shift @ shift + np.trace(covariances[0] + covariances[1]) - 2 * np.trace(root).real)


def radii(points: "np.ndarray") -> "np.ndarray":
    """Distance of each point to its k-th nearest other one, by brute force."""
    from sklearn.neighbors import NearestNeighbors

    neighbours = NearestNeighbors(n_neighbors=_NEIGHBOUR + 1, algorithm="brute").fit(points)
    return neighbours.kneighbors(points)[0][:, _NEIGHBOUR]


def by_scikit_learn(real: "np.ndarray", generated: "np.ndarray") -> tuple[float, ...]:
    """Precision, recall, density and coverage."""
    import numpy as np
    from sklearn.metrics.pairwise import euclidean_distances

    real_radii, generated_radii = radii(real), radii(generated)
    around, recalled, covered = np.zeros(len(generated)), 0, 0
    for start in range(0, len(real), _CHUNK):
        rows = slice(start, start + _CHUNK)
        distances = euclidean_distances(real[rows], generated)
        inside = distances <= real_radii[rows, np.newaxis]
        around += inside.sum(axis=0)
        covered += np.count_nonzero(inside.any(axis=1))
        recalled += np.count_nonzero((distances <= generated_radii).any(axis=1))
    return np.mean(around > 0), recalled / len(real), np.mean(around) / _NEIGHBOUR, covered / len(real)


def race(runners: dict[str, Callable[[], Any]]) -> tuple[dict[str, float], dict[str, Any]]:
    """Least seconds and the result of each, which take turns."""
    seconds, values = dict.fromkeys(runners, float("inf")), {}
    for _ in range(_TURNS.value):
        for name, run in runners.items():
            start = time.perf_counter()
            values[name] = run()
            seconds[name] = min(seconds[name], time.perf_counter() - start)
    return seconds, values


def report_times(what: str, seconds: dict[str, float]) -> None:
    """Own time, and its ratio to each of the others."""
    own = seconds.pop("tfgans")
    report(f"{what}: time", own, "s", None)
    for name, other in seconds.items():
        report(f"{what}: time", own / other, "ratio", f"{name}, {other:.3g} s")


def report(name: str, value: float, unit: str, against: str | None) -> None:
    """Prints a line."""
    print(json.dumps({"name": name, "value": float(f"{value:.4g}"), "unit": unit, "against": against}), flush=True)


if __name__ == "__main__":
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    app.run(main)
