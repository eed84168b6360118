import errno
import fcntl
import json
import os
import threading

import pytest

from tfgans import evaluation
from tfgans._files import changing, lock, write_json


def score(metric, value, **protocol):
    return {"metric": metric, "value": value, "spread": None, "protocol": protocol}


def test_the_same_score_is_replaced_and_others_are_kept(tmp_path):
    path = tmp_path / "scores.json"
    assert evaluation.read_scores(path) == []
    old = [score("frechet/pixels", 1.0, samples=10), score("kernel/pixels", 2.0, samples=10)]
    evaluation.add_scores(path, old)
    new = [score("frechet/pixels", 3.0, samples=10), score("frechet/pixels", 4.0, samples=20)]
    evaluation.add_scores(path, new)
    assert evaluation.read_scores(path) == [old[1], *new]
    assert [file.name for file in tmp_path.iterdir()] == ["scores.json"]


def test_a_score_whose_protocol_has_a_tuple_is_replaced(tmp_path):
    path = tmp_path / "scores.json"
    for value in (1.0, 2.0):
        evaluation.add_scores(path, [score("prdc/pixels", value, seed=(0, 10))])
    assert evaluation.read_scores(path) == [score("prdc/pixels", 2.0, seed=[0, 10])]


def test_scores_that_another_process_adds_at_that_time_are_kept(tmp_path, deadline):
    """A lock belongs to an open file, so that two threads lock each other out as two processes do."""
    path = tmp_path / "scores.json"
    adding = threading.Thread(target=evaluation.add_scores, args=(path, [score("ours", 1.0)]))
    with changing(path):
        adding.start()
        adding.join(0.2)
        write_json(path, [score("theirs", 2.0)])
    adding.join()
    assert [found["metric"] for found in evaluation.read_scores(path)] == ["theirs", "ours"]


def test_a_file_system_without_locks(tmp_path, monkeypatch):
    """A claim of a folder needs the lock. A score is written without one, since a lost score costs more."""

    def flock(*_):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", flock)
    evaluation.add_scores(tmp_path / "scores.json", [score("a", 1.0)])
    assert evaluation.read_scores(tmp_path / "scores.json") == [score("a", 1.0)]
    with open(tmp_path / "x", "w") as file, pytest.raises(OSError, match=r"No lock keeps another process away.*'.*/x'"):
        lock(file)


@pytest.mark.parametrize("text", ['{"a": 1}', "[1]", '[{"protocol": {}}]', '[{"metric": "a", "value": 1}]', "no", ""])
def test_what_is_no_file_of_scores_is_left_alone(tmp_path, text):
    path = tmp_path / "scores.json"
    path.write_text(text)
    for refuse in (lambda: evaluation.read_scores(path), lambda: evaluation.add_scores(path, [score("a", 1.0)])):
        with pytest.raises(ValueError, match=r"scores\.json (holds no scores|is damaged)"):
            refuse()
    assert path.read_text() == text


def test_scores_are_json(tmp_path):
    evaluation.add_scores(tmp_path / "scores.json", [score("a", 1.5, seed=[0, 10])])
    assert json.loads((tmp_path / "scores.json").read_text())[0]["protocol"] == {"seed": [0, 10]}
