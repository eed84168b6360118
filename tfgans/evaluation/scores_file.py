"""Scores, and the file that stores them."""

import json
import pathlib
import statistics
from collections.abc import Sequence
from typing import Any

from tfgans._files import changing, read_json, write_json

Score = dict[str, Any]
"""A score, as `score` returns it."""

_KEYS = {"metric", "value", "protocol"}


def score(metric: str, values: Sequence[float], protocol: dict[str, Any]) -> Score:
    """Returns a score of one or several sets of samples.

    Args:
        metric: Name of the score and of its extractor, such as `frechet/classifier`.
        values: Value for each set.
        protocol: Data, settings and extractor of the score.

    Returns:
        A dict with `metric`; `value`, the mean; `spread`, the standard deviation, or None for one set; and `protocol`.
    """
    spread = _rounded(statistics.stdev(values)) if len(values) > 1 else None
    return {"metric": metric, "value": _rounded(statistics.mean(values)), "spread": spread, "protocol": protocol}


def _rounded(value: float) -> float:
    """Rounds to eight significant digits. Small distances keep theirs, and further digits are rounding errors."""
    return float(f"{value:.8g}")


def read_scores(path: pathlib.Path) -> list[Score]:
    """Returns the scores of a file; none if there is no such file.

    Raises:
        ValueError: If the file holds something else.
    """
    if not path.exists():
        return []
    scores = read_json(path)
    if not isinstance(scores, list) or not all(isinstance(score, dict) and score.keys() >= _KEYS for score in scores):
        raise ValueError(f"{path} holds no scores.")
    return scores


def add_scores(path: pathlib.Path, scores: Sequence[Score]) -> None:
    """Adds scores to a file, in place of older scores with the same name and protocol.

    Raises:
        ValueError: If the file holds something else.
    """
    # A file has lists where a protocol in memory may have tuples.
    new = [(score["metric"], json.loads(json.dumps(score["protocol"]))) for score in scores]
    with changing(path):
        kept = [score for score in read_scores(path) if (score["metric"], score["protocol"]) not in new]
        write_json(path, [*kept, *scores])
