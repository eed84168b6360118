import types

from tfgans.callbacks import Refresh


def test_acts_every_so_many_steps():
    at, steps = [0], []
    callback = Refresh(lambda model: steps.append(model.step.numpy()), every=20)
    callback.set_model(types.SimpleNamespace(step=types.SimpleNamespace(numpy=lambda: at[0])))
    for at[0] in (10, 20, 30, 40):
        callback.on_epoch_end(0)
    assert steps == [20, 40]
