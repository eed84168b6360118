import keras
import numpy as np
import pytest
import tensorflow as tf
from short_runs import read_events, read_lines

import tfgans
from tfgans import callbacks, latent, networks
from tfgans.callbacks._base import EventWriter


def fit(model, *acting, epochs=4, values=(0.0,), start=0):
    """Epochs of two steps; image number i has value `values[i]`, and zero beyond them."""
    constants = tf.constant([*values, *[0.0] * 20])
    data = tf.data.Dataset.range(start, 100).map(
        lambda i: (tf.fill([4, 8, 8, 1], constants[i]), tf.zeros([4], "int32"))
    )
    model.fit(data, epochs=epochs, steps_per_epoch=2, verbose=0, callbacks=list(acting))


def test_events_that_cannot_be_written_are_named(tmp_path, monkeypatch):
    def full(*_, **__):
        raise tf.errors.ResourceExhaustedError(None, None, "No space left on device")

    monkeypatch.setattr(tf.summary, "scalar", full)
    events = EventWriter(tmp_path / "events")
    with pytest.raises(OSError, match=r"events cannot be written to .*/events: No space left on device"):
        events.write(1, {"loss": 2.0})


def test_checkpoint_saves_on_its_steps_and_at_the_end_once(model):
    saved = []
    fit(model, callbacks.Checkpoint(lambda m: saved.append(int(m.step.numpy())), every=4), epochs=5)
    assert saved == [4, 8, 10]


def test_pictures_and_checkpoints_of_steps_inside_an_epoch_come_at_its_end(model, tmp_path):
    """Epochs end at 2, 4, 6, 8 and 10, of which 4, 6 and 10 are the first at or after 3, 6 and 9."""
    saved = []
    checkpoint = callbacks.Checkpoint(lambda m: saved.append(int(m.step.numpy())), every=3)
    fit(model, checkpoint, callbacks.SampleGrid(tmp_path, np.arange(3), every=3), epochs=5)
    assert saved == [4, 6, 10]
    assert sorted(path.stem for path in tmp_path.iterdir()) == [f"step_{step:08}" for step in (0, 4, 6, 10)]


def test_checkpoint_refuses_broken_weights(model):
    saved = []
    checkpoint = callbacks.Checkpoint(saved.append, every=2)
    checkpoint.set_model(model)
    weight = model.generator.trainable_variables[0]
    weight.assign(weight.numpy() * np.nan)
    with pytest.raises(callbacks.NonFiniteError, match=r"generator.*kernel|dense"):
        checkpoint.save()
    weight.assign(np.zeros(weight.shape))
    moment = model.optimizers["generator"].variables[-1]
    moment.assign(np.full(moment.shape, np.inf))
    with pytest.raises(callbacks.NonFiniteError):
        checkpoint.save()
    moment.assign(np.zeros(moment.shape))
    model.nonfinite_step.assign(3)
    with pytest.raises(callbacks.NonFiniteError):
        checkpoint.save()
    assert not saved


def test_stops_with_the_step_and_the_names(model):
    saved = []
    checkpoint = callbacks.Checkpoint(lambda m: saved.append(int(m.step.numpy())), every=2)
    with pytest.raises(callbacks.NonFiniteError) as error:
        fit(model, callbacks.StopOnNonFinite(), checkpoint, values=(0, 0, 0, np.nan))
    assert error.value.step == 3
    assert "discriminator_loss" in error.value.names
    assert saved == [2]


def test_stops_at_weights_that_a_last_update_broke(model):
    """The losses before that update were finite, and callbacks that follow would sample NaN."""
    weight = model.generator.trainable_variables[0]
    sampled = []

    class Break(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            weight.assign(weight.numpy() * np.nan)

    sampling = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: sampled.append(epoch))
    with pytest.raises(callbacks.NonFiniteError) as error:
        fit(model, Break(), callbacks.StopOnNonFinite(), sampling)
    assert error.value.names == (weight.path,)
    assert not sampled


def test_metrics_log_writes_means_and_events(model, tmp_path):
    log = callbacks.MetricsLog(tmp_path / "metrics.jsonl", tmp_path / "events")
    history = keras.callbacks.History()
    fit(model, log, history, epochs=2)
    lines = read_lines(tmp_path / "metrics.jsonl")
    assert [line["step"] for line in lines] == [2, 4]
    assert [line["generator_loss"] for line in lines] == pytest.approx(history.history["generator_loss"])
    events = read_events(tmp_path / "events")
    assert [events[step, "generator_loss"] for step in (2, 4)] == pytest.approx(history.history["generator_loss"])
    assert (4, "discriminator_loss") in events


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"step": 2, "a": 1.0}\n{"step": 4, "a": 2.0}\n{"step": 6, "a"', id="lines after the step"),
        pytest.param('{"step": 2, "a": 1.0}', id="a last line whose end was not written"),
    ],
)
def test_metrics_log_keeps_the_lines_up_to_its_step_alone(model, tmp_path, text):
    path = tmp_path / "metrics.jsonl"
    path.write_text(text)
    model.step.assign(2)
    fit(model, callbacks.MetricsLog(path, tmp_path / "events"), epochs=1)
    assert [line["step"] for line in read_lines(path)] == [2, 4]


def test_sample_grid_draws_from_step_zero_on(model, tmp_path):
    grid = callbacks.SampleGrid(tmp_path / "grids", [0, 1, 2], ["a", "b", "c"], columns=2, every=4)
    fit(model, grid, epochs=5)
    names = sorted(path.name for path in (tmp_path / "grids").iterdir())
    assert names == [f"step_{step:08d}.png" for step in (0, 4, 8, 10)]


def test_sample_grid_has_one_latent_a_column(model, tmp_path, monkeypatch):
    asked = {}

    def sample(n, labels, seed):
        asked.update(labels=list(labels), seed=list(seed))
        return np.zeros((n, 8, 8, 1))

    monkeypatch.setattr(model, "sample", sample)
    grid = callbacks.SampleGrid(tmp_path, [0, 2], ["a", "c"], columns=3)
    grid.set_model(model)
    grid.draw()
    assert asked == {"labels": [0, 0, 0, 2, 2, 2], "seed": [0, 1, 2, 0, 1, 2]}


def test_progress_begins_at_the_models_step(model, capsys):
    model.step.assign(4)
    bar = callbacks.Progress(8, "name")
    fit(model, bar, epochs=1)
    fit(model, bar, epochs=1)
    shown = capsys.readouterr().err
    assert "name:  50%" in shown
    assert "8/8" in shown
    assert "discriminator_loss=" in shown


def test_progress_shows_numbers_alone(model, capsys):
    """A callback of the user may remove what others need, and add what is no number."""

    def change(epoch, logs):
        logs.clear()
        logs.update(note="best so far", coverage=np.float32(0.25))

    fit(model, keras.callbacks.LambdaCallback(on_epoch_end=change), callbacks.Progress(4), epochs=1)
    shown = capsys.readouterr().err
    assert "coverage=0.25" in shown
    assert "note" not in shown


def test_progress_shows_what_callbacks_before_it_add(model, capsys):
    adding = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(coverage=0.25))
    fit(model, adding, callbacks.Progress(4), epochs=1)
    assert "coverage=0.25" in capsys.readouterr().err


def test_progress_shows_the_loss_of_a_model_without_a_discriminator(capsys):
    vae = tfgans.VAE(
        networks.relu_mlp(3, 2, (4,), "generator"), networks.relu_mlp(2, 6, (4,), "encoder"), latent.Normal(3)
    )
    vae.compile(run_eagerly=True)
    points = tf.data.Dataset.from_tensors({"image": tf.ones([4, 2])}).repeat()
    history = vae.fit(points, epochs=1, steps_per_epoch=2, verbose=0, callbacks=[callbacks.Progress(2)])
    loss = vae.log_names[0]
    assert f"{loss}={history.history[loss][0]:.3g}" in capsys.readouterr().err
