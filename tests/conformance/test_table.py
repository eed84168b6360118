import doctest

import numpy as np
from table import TABLE

import tfgans
from tfgans import models


def test_every_public_model_has_a_row():
    public = {
        value
        for name in models.__all__
        if isinstance(value := getattr(models, name), type)
        and issubclass(value, tfgans.AdversarialModel)
        and value is not tfgans.AdversarialModel
    }
    assert {row.public for row in TABLE} == public


def test_docstring_has_an_example_that_runs(row):
    (example,) = doctest.DocTestFinder(recurse=False).find(row.public, row.name, globs={"tfgans": tfgans, "np": np})
    assert example.examples
    assert doctest.DocTestRunner().run(example).failed == 0
