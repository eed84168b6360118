"""Pictures of the latent space during the training."""

import os
import pathlib
from typing import Any

import numpy as np

from tfgans._files import append_line, cut_lines
from tfgans.callbacks.sample_grid import SamplePicture
from tfgans.latent import code_variances
from tfgans.plots import code_scatter


class CodeScatter(SamplePicture):
    """Draws the codes of real and of generated samples in the plane of the real ones (BEGAN-CS, Fig. 2).

    Args:
        directory: Folder for `step_00000000.png` and so on, and for `variances.jsonl`.
        real: Real images [n, H, W, C] in [-1, 1], or points [n, D]. It generates as many samples.
        labels: Labels of the samples, [n] or [n, K], for a model that samples by label.
        **options: `every` and `tensorboard` of `SamplePicture`.
    """

    def __init__(
        self, directory: str | os.PathLike, real: np.ndarray, labels: np.ndarray | None = None, **options: Any
    ) -> None:
        super().__init__(directory, **options)
        self._real, self._labels = real, labels
        self._variances = pathlib.Path(directory) / "variances.jsonl"

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        cut_lines(self._variances, self.step)
        super().on_train_begin(logs)

    def _write(self, path: pathlib.Path, title: str) -> None:
        generated = self.model.sample(len(self._real), self._labels, seed=0)
        real_codes, generated_codes = (self.model.encode(samples) for samples in (self._real, generated))
        variances = code_variances(real_codes, generated_codes)
        # A process that was killed before it drew this picture has left its line.
        cut_lines(self._variances, self.step - 1)
        append_line(self._variances, {"step": self.step, **variances._asdict()})
        title = f"{title}, variances {variances.real:.3f} and {variances.generated:.3f}"
        code_scatter(real_codes, generated_codes, path, title=title)
