import types

import numpy as np
import pytest
import tensorflow as tf
from short_runs import new_run, tiny

import tfgans
from tfgans import data, recipes, training
from tfgans.models import AdversarialModel
from tfgans.training import execution, loop


def replicas(count):
    return types.SimpleNamespace(num_replicas_in_sync=count)


def test_xla_is_off_on_cpus_unless_it_is_asked_for():
    here = tf.distribute.get_strategy()
    assert [execution.compiles(xla, here) for xla in (None, False, True)] == [False, False, True]


def test_xla_is_refused_on_several_replicas():
    assert not execution.compiles(None, replicas(2))
    with pytest.raises(ValueError, match="cannot compile a step on 2 replicas with XLA; turn XLA off, or train on one"):
        execution.compiles(True, replicas(2))


def test_strategies_have_names():
    assert training.strategy_of("default") is tf.distribute.get_strategy()
    assert isinstance(training.strategy_of("mirrored"), tf.distribute.MirroredStrategy)
    with pytest.raises(ValueError, match="received 'horovod'"):
        training.strategy_of("horovod")


def stub(devices, train_function):
    return types.SimpleNamespace(
        distribute_strategy=replicas(devices), steps_per_execution=1, train_function=train_function, jit_compile=False
    )


@pytest.mark.parametrize(("steps", "at_once"), [(100, 10), (15, 5), (7, 1), (10, 10)])
def test_a_call_takes_ten_steps_or_fewer_that_divide_them_all(steps, at_once):
    model = stub(1, None)
    execution.Execution(model, xla=False).divide(steps)
    assert model.steps_per_execution == at_once


def test_a_call_takes_one_step_on_several_replicas():
    model = stub(2, "old")
    execution.Execution(model, xla=False).divide(10)
    assert (model.steps_per_execution, model.train_function) == (1, "old")


def test_the_function_of_another_number_of_steps_is_not_called_again():
    model = stub(1, "old")
    execution.Execution(model, xla=True).divide(10)
    assert (model.steps_per_execution, model.train_function, model.jit_compile) == (10, None, True)


def test_a_function_is_kept_for_its_number_of_steps():
    """A run that begins inside an epoch, and one that ends inside of one, change the number and change it back."""
    model = stub(1, "of 1")
    taken = execution.Execution(model, xla=False)
    taken.divide(10)
    model.train_function = "of 10"
    taken.divide(1)
    assert model.train_function == "of 1"
    taken.divide(10)
    assert model.train_function == "of 10"


def weights_after(recipe, **options):
    """All variables after the steps of a recipe, and whether XLA compiled them."""
    model = training.build(recipe)
    loop.train(model, recipe, data.toy_world("ring8"), execution.Execution(model, **options), [])
    return [variable.numpy() for variable in execution._state_of(model)], model.jit_compile


def assert_same_bits(first, second):
    assert len(first) == len(second)
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_trial_of_xla_leaves_no_trace():
    """The trial takes steps, and the run then has the bits of one that was asked to use XLA."""
    recipe = tiny("gan/ring8", "steps=3", "ema_decay=0.9")
    tried, compiled = weights_after(recipe, xla=True, on_trial=True)
    assert compiled
    assert_same_bits(tried, weights_after(recipe, xla=True)[0])


@pytest.fixture
def not_for_xla(monkeypatch):
    """A step that XLA cannot compile, since it calls Python."""
    finish_step = AdversarialModel.finish_step

    def with_python(model, losses):
        doubled = tf.numpy_function(lambda loss: loss, [losses["generator_loss"]], tf.float32)
        return finish_step(model, {**losses, "generator_loss": tf.ensure_shape(doubled, [])})

    monkeypatch.setattr(AdversarialModel, "finish_step", with_python)


@pytest.mark.usefixtures("not_for_xla")
def test_a_run_goes_on_without_xla_where_it_fails(capsys):
    recipe = tiny("gan/ring8", "steps=3", "ema_decay=0.9")
    tried, compiled = weights_after(recipe, xla=True, on_trial=True)
    assert not compiled
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("XLA cannot take the steps here, so the run goes on without it: ")
    assert "PyFunc" in line
    assert_same_bits(tried, weights_after(recipe, xla=False)[0])


@pytest.mark.usefixtures("not_for_xla")
def test_steps_that_were_asked_to_use_xla_fail_without_it():
    with pytest.raises(tf.errors.OpError, match="PyFunc"):
        weights_after(tiny("gan/ring8", "steps=1"), xla=True)


def test_steps_that_xla_compiles():
    recipe = tiny("gan/ring8", "steps=2")
    model = training.build(recipe)
    loop.train(model, recipe, data.toy_world("ring8"), execution.Execution(model, xla=True), [])
    assert model.jit_compile
    assert int(model.step.numpy()) == 2
    assert all(np.all(np.isfinite(variable.numpy())) for variable in model.weights)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_a_run_keeps_its_precision(precision, tmp_path):
    recipe = tiny("gan/ring8", f"precision={precision}", "steps=1")
    new_run(tmp_path / "run", recipe)
    resumed = training.run(recipe, tmp_path / "run", progress=False).model
    assert int(resumed.step.numpy()) == 1
    model = tfgans.load(tmp_path / "run")
    assert model.generator.compute_dtype == precision.removeprefix("mixed_")
    assert {variable.dtype for variable in model.generator.weights} == {"float32"}
    assert model.sample(2, seed=0).dtype == np.float32
    with pytest.raises(ValueError, match=f"precision is '{precision}' there and 'float32' here"):
        training.run(tiny("gan/ring8", "steps=1"), tmp_path / "run", progress=False)


def test_what_is_made_after_a_model_has_the_precision_of_before():
    training.build(tiny("gan/ring8", "precision=mixed_bfloat16"))
    assert tfgans.networks.relu_mlp(2, 2, (4,), "generator").compute_dtype == "float32"


def test_refuses_another_precision():
    with pytest.raises(ValueError, match="precision takes one of float32, mixed_bfloat16, mixed_float16; received"):
        recipes.get("logan/ring8").override(["precision=float16"])
