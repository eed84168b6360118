"""Whatever way a model is stored, it comes back whole and goes on as if nothing had happened."""

import keras
import numpy as np
from table import assert_same_state, train


def test_checkpoint_carries_everything(row, model, tmp_path):
    model.save_weights(tmp_path / "model.weights.h5")
    other = row.make()
    other.compile()
    other.load_weights(tmp_path / "model.weights.h5")
    assert_same_state(model, other)


def test_resume_equals_never_having_stopped(row, tmp_path):
    through = row.make()
    through.compile()

    def save(index, logs):
        if index == 1:
            through.save_weights(tmp_path / "model.weights.h5")

    train(through, row, 4, callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=save)])

    keras.utils.set_random_seed(1)
    after = row.make()
    after.compile()
    after.load_weights(tmp_path / "model.weights.h5")
    train(after, row, 2, start=2)
    assert_same_state(through, after)


def test_keras_file_restores_model_optimizers_and_settings(row, tmp_path):
    model = row.make()
    model.compile({player: keras.optimizers.Adam(3e-4) for player in model.players}, steps_per_execution=2)
    train(model, row, 2)
    model.save(tmp_path / "model.keras")
    copy = keras.saving.load_model(tmp_path / "model.keras")
    assert type(copy) is type(model)
    assert copy.prior == model.prior
    assert copy.steps_per_execution == 2
    assert_same_state(model, copy)
    assert_same_state(train(model, row, 2, start=2), train(copy, row, 2, start=2))


def test_average_samples_unless_told_otherwise(row, model, monkeypatch):
    batch = next(iter(row.batches()))
    labels = {"labels": batch["label"].numpy()[0]} if model.samples_by_label else {}
    averaged = model.sample(2, seed=0, **labels)
    monkeypatch.setattr(model, "use_average", False)
    assert np.any(averaged != model.sample(2, seed=0, **labels))
