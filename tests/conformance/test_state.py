"""A stored model comes back whole, whatever way it was stored, and goes on as if nothing had happened."""

import keras
import numpy as np
from table import assert_same, settings, state, train


def test_checkpoint_carries_everything(row, run):
    keras.utils.set_random_seed(1)
    other = row.make()
    other.compile(**settings(other))
    other.load_weights(run.weights)
    assert_same(state(other), run.halfway)


def test_resume_equals_never_having_stopped(row, run):
    keras.utils.set_random_seed(1)
    after = row.make()
    after.compile(**settings(after))
    after.load_weights(run.weights)
    assert_same(state(train(after, row, 2, start=2)), state(run.model))


def test_keras_file_restores_model_optimizers_and_settings(row, run):
    copy = keras.saving.load_model(run.file)
    assert type(copy) is type(run.model)
    assert copy.prior == run.model.prior
    assert copy.steps_per_execution == 2
    assert_same(state(copy), run.halfway)
    assert_same(state(train(copy, row, 2, start=2)), state(run.model))


def test_average_samples_unless_told_otherwise(row, model, monkeypatch):
    batch = next(iter(row.batches()))
    labels = {"labels": batch["label"].numpy()[0]} if model.samples_by_label else {}
    averaged = model.sample(2, seed=0, **labels)
    monkeypatch.setattr(model, "use_average", False)
    assert np.any(averaged != model.sample(2, seed=0, **labels))
