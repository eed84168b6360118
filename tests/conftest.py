import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import pytest


@pytest.fixture(autouse=True)
def _fixed_seed():
    """Initial weights do not depend on which tests ran before."""
    keras.utils.set_random_seed(0)


@pytest.fixture
def float64():
    """Models built under this fixture compute in double precision."""
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_dtype_policy("float32")


@pytest.fixture
def tfds_folder():
    """Folder of prepared TFDS sets, named by TFGANS_TEST_TFDS or lying beside the checkout."""
    folder = os.environ.get("TFGANS_TEST_TFDS") or pathlib.Path(__file__).parents[2] / "shared/data/tfds"
    if not (pathlib.Path(folder) / "mnist").is_dir():
        pytest.skip(f"no prepared MNIST in {folder}; name a TFDS folder with TFGANS_TEST_TFDS")
    return str(folder)


@pytest.fixture
def random():
    return np.random.default_rng(0)
