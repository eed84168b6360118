import json

import pytest
import tensorflow as tf
from PIL import Image
from short_runs import read_events, read_lines

from tfgans import callbacks


@pytest.fixture
def curve(tmp_path):
    """A curve every four steps of a score that is the step itself, and of its half."""

    def score(model):
        step = float(model.step.numpy())
        return {"frechet/pixels": step, "half": step / 2}

    return callbacks.ScoreCurve(score, tmp_path / "a.jsonl", tmp_path / "a.png", tmp_path / "events", every=4)


def fit(model, curve, epochs, start=0):
    """Epochs of two steps."""
    model.step.assign(start)
    data = tf.data.Dataset.from_tensors((tf.zeros([4, 8, 8, 1]), tf.zeros([4], "int32"))).repeat()
    model.fit(data, epochs=epochs, steps_per_epoch=2, verbose=0, callbacks=[curve])


def test_scores_at_multiples_only(model, curve, tmp_path):
    fit(model, curve, epochs=5)
    assert read_lines(tmp_path / "a.jsonl") == [
        {"step": step, "frechet/pixels": step, "half": step / 2} for step in (4, 8)
    ]
    with Image.open(tmp_path / "a.png") as picture:
        assert min(picture.size) > 100


def test_nothing_is_drawn_before_the_first_score(model, curve, tmp_path):
    fit(model, curve, epochs=1)
    assert not (tmp_path / "a.jsonl").exists()
    assert not (tmp_path / "a.png").exists()


def test_writes_events(model, curve, tmp_path):
    fit(model, curve, epochs=4)
    tags = {"scores/frechet/pixels": 1, "scores/half": 0.5}
    expected = {(step, tag): step * share for step in (4, 8) for tag, share in tags.items()}
    assert read_events(tmp_path / "events") == expected


def test_a_resumed_run_writes_its_lines_again_and_keeps_earlier_ones(model, curve, tmp_path):
    kept = {"step": 4, "frechet/pixels": -1.0, "another": 2.0}
    text = json.dumps(kept) + "\n" + '{"step": 8, "frechet/pixels": -2.0}\n{"step": 12, "fre'
    (tmp_path / "a.jsonl").write_text(text)
    fit(model, curve, epochs=1, start=6)
    assert read_lines(tmp_path / "a.jsonl") == [kept, {"step": 8, "frechet/pixels": 8, "half": 4}]


def test_a_run_that_goes_on_in_several_fits_has_one_curve(model, curve, tmp_path):
    for start in (0, 4):
        fit(model, curve, epochs=2, start=start)
    assert [line["step"] for line in read_lines(tmp_path / "a.jsonl")] == [4, 8]
