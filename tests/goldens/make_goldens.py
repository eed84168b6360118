"""Makes metrics.json from the reference implementations.

pip install torch torch-fidelity==0.4.0 scikit-image
python tests/goldens/make_goldens.py
"""

import importlib
import importlib.metadata
import importlib.util
import json
import pathlib
import sys
import types
from unittest import mock

import inputs
import torch
from skimage.metrics import structural_similarity

_VERSIONS = ("numpy", "scikit-image", "torch", "torch-fidelity")


def fidelity(name):
    """A module of torch-fidelity, without torchvision, which only its extractors need and which may not fit torch."""
    if "torch_fidelity" not in sys.modules:
        path = importlib.util.find_spec("torch_fidelity").submodule_search_locations
        package = sys.modules["torch_fidelity"] = types.ModuleType("torch_fidelity")
        package.__path__ = path
        sys.modules["torch_fidelity.utils"] = mock.MagicMock()
    return importlib.import_module(f"torch_fidelity.{name}")


def frechet_distances():
    metric = fidelity("metric_fid")
    values = {}
    for name, pair in inputs.features().items():
        statistics = [metric.fid_features_to_statistics(torch.tensor(part)) for part in pair]
        values[name] = metric.fid_statistics_to_metric(*statistics, verbose=False)["frechet_inception_distance"]
    return values


def kernel_distances():
    """One subset of all samples of the smaller set, of which the larger keeps as many."""
    metric = fidelity("metric_kid").kid_features_to_metric
    values = {}
    for name, (real, generated) in inputs.features().items():
        size = min(len(real), len(generated))
        scores = metric(
            torch.tensor(generated[:size]),
            torch.tensor(real[:size]),
            kid_subsets=1,
            kid_subset_size=size,
            verbose=False,
        )
        values[name] = scores["kernel_inception_distance_mean"]
    return values


def inception_score():
    scores = fidelity("metric_isc").isc_features_to_metric(torch.tensor(inputs.logits()), splits=10, shuffle=False)
    return {"mean": scores["inception_score_mean"], "std": scores["inception_score_std"]}


def precision_recall():
    metric = fidelity("metric_prc").prc_features_to_metric
    values = {}
    for name, (real, generated) in inputs.features().items():
        scores = metric(torch.tensor(generated), torch.tensor(real), prc_neighborhood=5, verbose=False)
        values[name] = {key: scores[key] for key in ("precision", "recall")}
    return values


def similarities(data_range, **window):
    return [
        structural_similarity(*pair, data_range=data_range, channel_axis=-1, **window)
        for pair in zip(*inputs.images(), strict=True)
    ]


_GAUSSIAN = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}


if __name__ == "__main__":
    goldens = {
        "versions": {name: importlib.metadata.version(name) for name in _VERSIONS},
        "checksums": inputs.checksums(),
        "frechet_distance": frechet_distances(),
        "kernel_distance": kernel_distances(),
        "inception_score": inception_score(),
        "precision_recall": precision_recall(),
        "ssim": {
            "gaussian": {"255": similarities(255, **_GAUSSIAN), "2": similarities(2, **_GAUSSIAN)},
            # The defaults of scikit-image.
            "uniform": {"255": similarities(255), "2": similarities(2)},
        },
    }
    text = json.dumps(goldens, indent=1)
    pathlib.Path(__file__).with_name("metrics.json").write_text(text + "\n")
