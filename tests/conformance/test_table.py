from table import TABLE

import tfgans
from tfgans import models


def test_every_public_model_has_a_row():
    public = {
        value
        for name in models.__all__
        if isinstance(value := getattr(models, name), type)
        and issubclass(value, tfgans.AdversarialModel)
        and value.players
    }
    assert {row.public for row in TABLE} == public


def test_docstring_has_an_example(row):
    """That it runs is a matter of tests/test_package.py, as for all docstrings."""
    assert f">>> model = tfgans.{row.name}(" in row.public.__doc__
