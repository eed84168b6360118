import types

from tfgans.callbacks import Refresh


def test_acts_every_so_many_steps():
    steps = []
    callback = Refresh(lambda model: steps.append(model.step.numpy()), every=20)
    for step in (10, 20, 30, 40):
        callback.set_model(types.SimpleNamespace(step=types.SimpleNamespace(numpy=lambda step=step: step)))
        callback.on_epoch_end(0)
    assert steps == [20, 40]
