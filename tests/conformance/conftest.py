import dataclasses
import pathlib

import keras
import numpy as np
import pytest
import tensorflow as tf
from double_precision import double_precision
from table import TABLE, UNSERVED, optimized_graphs, restore, settings, state, train

import tfgans
from tfgans import serving


def pytest_generate_tests(metafunc):
    if "row" in metafunc.fixturenames:
        # One row after the other, so that the tests of a file share the models of a row. Served rows are first: a row
        # has the same number in tests with and without a SavedModel, by which pytest knows it.
        rows = sorted(getattr(metafunc.module, "ROWS", TABLE), key=lambda row: row.name in UNSERVED)
        if "served" in metafunc.fixturenames:
            rows = [row for row in rows if row.name not in UNSERVED]
        metafunc.parametrize("row", rows, ids=[row.name for row in rows], scope="module")


@pytest.fixture
def batch(row):
    return next(iter(row.batches()))


@dataclasses.dataclass(frozen=True)
class Run:
    """A model after four steps, saved after two of them; tests leave it as it is.

    Attributes:
        model: The model after four steps.
        weights: Its checkpoint after two steps.
        file: Its `.keras` file after two steps.
        halfway: Its state after two steps.
    """

    model: tfgans.AdversarialModel
    weights: pathlib.Path
    file: pathlib.Path
    halfway: dict[str, np.ndarray]


@pytest.fixture(scope="module")
def run(row, tmp_path_factory):
    keras.utils.set_random_seed(0)
    model, folder, halfway = row.make(), tmp_path_factory.mktemp(row.name), {}
    model.compile(**settings(row, model))

    def save(index, logs):
        if index == 1:
            model.save_weights(folder / "model.weights.h5")
            model.save(folder / "model.keras")
            halfway.update(state(model))

    train(model, row, 4, callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=save)])
    return Run(model, folder / "model.weights.h5", folder / "model.keras", halfway)


@pytest.fixture(scope="module")
def model(run):
    return run.model


@pytest.fixture(scope="module")
def served(model, tmp_path_factory):
    """Its SavedModel, as TensorFlow alone loads it."""
    return tf.saved_model.load(str(serving.export(model, tmp_path_factory.mktemp("models") / "model")))


@pytest.fixture(scope="module")
def descending(row):
    """A model in double precision that descends by SGD at .1, its state when new, and the graphs of a step."""
    keras.utils.set_random_seed(0)
    with double_precision():
        model = row.make()
        model.compile({player: keras.optimizers.SGD(0.1) for player in model.players})
        start = state(model)
        graphs = optimized_graphs(lambda: train(model, row, 1))
    return model, start, graphs


@pytest.fixture
def new(descending, float64):
    """The descending model, as it was when new; its step is traced already."""
    model, start, _ = descending
    restore(model, start)
    return model
