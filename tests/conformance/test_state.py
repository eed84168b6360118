"""A stored model comes back whole, whatever way it was stored, and goes on as if nothing had happened."""

import keras
import numpy as np
from table import assert_same, settings, state, train


def test_a_run_resumed_from_a_checkpoint_equals_one_that_never_stopped(row, run):
    """The checkpoint carries everything, and two more steps end where the model is that took all four."""
    keras.utils.set_random_seed(1)
    other = row.make()
    other.compile(**settings(other))
    other.load_weights(run.weights)
    assert_same(state(other), run.halfway)
    assert_same(state(train(other, row, 2, start=2)), state(run.model))


def test_keras_file_restores_model_optimizers_and_settings(run):
    copy = keras.saving.load_model(run.file)
    assert type(copy) is type(run.model)
    assert copy.prior == run.model.prior
    assert copy.steps_per_execution == 2
    assert settings_of(copy) == settings_of(run.model)
    assert copy.get_compile_config() == run.model.get_compile_config()
    assert_same(state(copy), run.halfway)


def settings_of(model):
    """The arguments of a model that are no networks, whose files are Keras's own."""
    config = model.get_config()
    return {name: value for name, value in config.items() if not isinstance(getattr(model, name), keras.Model)}


def test_average_samples_unless_told_otherwise(row, model, monkeypatch):
    batch = next(iter(row.batches()))
    labels = {"labels": batch["label"].numpy()[0]} if model.samples_by_label else {}
    averaged = model.sample(2, seed=0, **labels)
    monkeypatch.setattr(model, "use_average", False)
    assert np.any(averaged != model.sample(2, seed=0, **labels))
