import inspect

import keras
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


def test_a_model_has_at_most_four_classes_of_its_own(row):
    own = [cls for cls in row.public.__mro__ if cls.__module__.startswith("tfgans.")]
    assert len(own) <= 4
    assert own[-1] is tfgans.AdversarialModel


def test_networks_come_first_then_the_prior_then_what_is_descended(row):
    """The order of a constructor's positional arguments."""
    parameters = inspect.signature(row.public.__init__).parameters.values()
    names = [each.name for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD][1:]
    source = next(name for name in ("prior", "bank") if name in names)
    networks, others = names[: names.index(source)], names[names.index(source) + 1 :]
    model = row.make()
    assert all(isinstance(getattr(model, name), keras.Model) for name in networks)
    assert others in (
        [],
        ["objective"],
        ["equilibrium"],
        ["penalty"],
        ["objective", "penalty"],
        ["equilibrium", "penalty"],
    )


def test_docstring_has_an_example(row):
    """That it runs is a matter of tests/test_package.py, as for all docstrings."""
    assert f">>> model = tfgans.{row.public.__name__}(" in row.public.__doc__
