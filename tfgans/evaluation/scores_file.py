"""What a score is, and scores in a file."""

import pathlib
import statistics
from collections.abc import Sequence
from typing import Any

from tfgans._files import read_json, write_json

Score = dict[str, Any]


def score(metric: str, values: Sequence[float], protocol: dict[str, Any]) -> Score:
    """A score of some sets of samples.

    Args:
        metric: Its name and that of its extractor.
        values: Its value of each set.
        protocol: How it was taken.

    Returns:
        An object with `metric`; `value`, the mean; `spread`, the standard deviation, or None for one set; and
        `protocol`.
    """
    spread = _rounded(statistics.stdev(values)) if len(values) > 1 else None
    return {"metric": metric, "value": _rounded(statistics.mean(values)), "spread": spread, "protocol": protocol}


def _rounded(value: float) -> float:
    """Eight digits, since small distances are as good as large ones, and more are rounding errors."""
    return float(f"{value:.8g}")


_KEYS = {"metric", "value", "protocol"}


def read_scores(path: pathlib.Path) -> list[Score]:
    """The scores of a file; none where it is not there.

    Raises:
        ValueError: If it holds something else.
    """
    if not path.exists():
        return []
    scores = read_json(path)
    if not isinstance(scores, list) or not all(isinstance(score, dict) and score.keys() >= _KEYS for score in scores):
        raise ValueError(f"{path} holds no scores.")
    return scores


def add_scores(path: pathlib.Path, scores: Sequence[Score]) -> None:
    """Writes scores beside those that stand in a file, in place of those with the same name and protocol.

    Raises:
        ValueError: If the file holds something else.
    """
    new = [(score["metric"], score["protocol"]) for score in scores]
    kept = [score for score in read_scores(path) if (score["metric"], score["protocol"]) not in new]
    write_json(path, [*kept, *scores])
