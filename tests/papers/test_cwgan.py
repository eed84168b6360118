import types

import numpy as np
import pytest
import tensorflow as tf

import papers
from papers.cwgan import experiments
from papers.frame import Measured, Trial
from tfgans import data, latent, metrics, training
from tfgans.callbacks import NonFiniteError


def smoke(setting, workdir):
    return Trial(setting, 0, "small", True, workdir, None, False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "rows", "figures"), [("fig3", 2, 4), ("fig4_6", 2, 6), ("learning_rates", 1, 0), ("penalty", 2, 0)]
)
def test_every_step_of_an_item_for_a_moment(name, rows, figures, run_for_a_moment, mnist):
    run_for_a_moment("cwgan", name, range(rows), figures)


def test_a_run_that_breaks_has_failed(tmp_path, monkeypatch):
    def breaks(*args, **kwargs):
        raise NonFiniteError(7, ["generator_loss"])

    monkeypatch.setattr(training, "run", breaks)
    (item,) = papers.find("cwgan").only(["learning_rates"]).items
    assert item.run(smoke(item.settings[0], tmp_path)).values == {"failed": 1.0}


@pytest.mark.parametrize(
    ("accuracy", "diversity", "failed"), [(0.8, 0.5, 0.0), (0.79, 1.0, 1.0), (1.0, 0.49, 1.0), (float("nan"), 1.0, 1.0)]
)
def test_a_run_with_wrong_labels_or_equal_images_has_failed(tmp_path, monkeypatch, accuracy, diversity, failed):
    values = {"label_accuracy/judge": accuracy, "intra_class_distance_share/pixels": diversity}
    monkeypatch.setattr(experiments, "train", lambda *arguments: None)
    monkeypatch.setattr(experiments, "scored", lambda result: Measured(values, {}))
    (item,) = papers.find("cwgan").only(["learning_rates"]).items
    assert item.run(smoke(item.settings[0], tmp_path)).values["failed"] == failed


def test_sprites_are_judged_inside_and_outside_of_the_hole(tmp_path, monkeypatch):
    """A sample is its attributes, but of brightness .5; the judge reads it, and calls all in real images .5."""
    asked = []

    def sample(count, labels, seed):
        asked.append(labels)
        return np.concatenate([labels[:, :3], np.full((count, 1), 0.5)], axis=1)

    model = types.SimpleNamespace(
        sample=sample,
        generate=lambda latents, conditions: conditions,
        prior=latent.Uniform(2),
        use_average=True,
        step=tf.constant(7),
    )

    def predict(images):
        return images if images.ndim == 2 else np.full((len(images), 4), 0.5)

    judge = types.SimpleNamespace(name="eyes", fingerprint="h", predict=predict)
    monkeypatch.setattr(experiments, "train", lambda *arguments: types.SimpleNamespace(model=model))
    monkeypatch.setattr(metrics, "kernel_ridge_judge", lambda *arguments: judge)
    (item,) = papers.find("cwgan").only(["fig4_6"]).items
    values = item.run(smoke(item.settings[0], tmp_path)).values
    seen, hole = asked
    assert not data.sprites_in_hole(seen).any()
    assert data.sprites_in_hole(hole).all()
    for place, labels in (("seen", seen), ("hole", hole)):
        assert [values[f"r2_{place}/{name}"] for name in ("size", "roundness", "orientation")] == [1, 1, 1]
        brightness = labels[:, 3]
        by_hand = 1 - np.sum((brightness - 0.5) ** 2) / np.sum((brightness - brightness.mean()) ** 2)
        assert values[f"r2_{place}/brightness"] == pytest.approx(by_hand, abs=1e-5)
        assert values[f"real_r2_{place}/brightness"] == pytest.approx(by_hand, abs=1e-5)
    # Conditions move in equal steps.
    assert values["unevenness"] == pytest.approx(1)
    assert values["still_paths"] == 0
