"""Measures the time of torch-fidelity's scores on stored features, for `metrics.py --torch_fidelity=PYTHON`.

It needs another environment: `pip install torch-fidelity absl-py`. It prints a line of JSON for each score: its name,
its value, and the seconds of its shortest turn. The features are those of `metrics.py`.
"""

import json
import time
from collections.abc import Callable

import metrics
import torch
from absl import app, flags
from torch_fidelity import metric_fid, metric_kid, metric_prc

FLAGS = flags.FLAGS
flags.DEFINE_integer("count", 10_000, "Samples of each set.", lower_bound=1_000)
flags.DEFINE_integer("size", 2_048, "Features of a sample.", lower_bound=1)


def main(_: list[str]) -> None:
    """Measures all scores."""
    real, generated = (torch.from_numpy(part) for part in metrics.features(FLAGS.count, FLAGS.size))

    def frechet() -> float:
        statistics = [metric_fid.fid_features_to_statistics(part) for part in (real, generated)]
        return metric_fid.fid_statistics_to_metric(*statistics, False)["frechet_inception_distance"]

    def kernel() -> float:
        # As many samples in as many products as tfgans takes.
        options = {"kid_subsets": FLAGS.count // 1_000, "kid_subset_size": 1_000, "verbose": False}
        return metric_kid.kid_features_to_metric(real, generated, **options)["kernel_inception_distance_mean"]

    def precision() -> float:
        options = {"prc_neighborhood": 5, "prc_batch_size": 10_000, "save_cpu_ram": False, "verbose": False}
        return metric_prc.prc_features_to_metric(generated, real, **options)["precision"]

    for score in (frechet, kernel, precision):
        print(json.dumps({"score": score.__name__, **shortest(score)}), flush=True)


def shortest(score: Callable[[], float]) -> dict[str, float]:
    """Value of a score, and the seconds of its shortest turn."""
    seconds = []
    for _ in range(FLAGS.turns):
        began = time.perf_counter()
        value = score()
        seconds.append(time.perf_counter() - began)
    return {"value": value, "seconds": min(seconds)}


if __name__ == "__main__":
    app.run(main)
