import json
import pathlib
import runpy
import types

import pytest

_GOLDENS = pathlib.Path(__file__).parents[1] / "goldens"


@pytest.fixture(scope="session")
def inputs():
    """The functions of goldens/inputs.py."""
    return types.SimpleNamespace(**runpy.run_path(_GOLDENS / "inputs.py"))


@pytest.fixture(scope="session")
def goldens(inputs):
    """Numbers of the reference implementations, which goldens/make_goldens.py made."""
    numbers = json.loads((_GOLDENS / "metrics.json").read_text())
    assert inputs.checksums() == pytest.approx(numbers["checksums"], rel=1e-12), "NumPy's random numbers have changed."
    return numbers
