import keras
import pytest
import tensorflow as tf
from table import TABLE, train

from tfgans import serving


def pytest_generate_tests(metafunc):
    if "row" in metafunc.fixturenames:
        # One row after the other, so that what is made of a row can be shared by the tests of a file.
        metafunc.parametrize("row", TABLE, ids=[row.name for row in TABLE], scope="module")


@pytest.fixture
def batch(row):
    return next(iter(row.batches()))


@pytest.fixture(scope="module")
def model(row):
    """Trained for a moment; what takes it leaves it as it is."""
    keras.utils.set_random_seed(0)
    model = row.make()
    model.compile()
    return train(model, row, 2)


@pytest.fixture(scope="module")
def served(model, tmp_path_factory):
    """Its SavedModel, as TensorFlow alone loads it."""
    return tf.saved_model.load(str(serving.export(model, tmp_path_factory.mktemp("models") / "model")))
