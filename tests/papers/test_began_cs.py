import json
import types

import numpy as np
import pytest
import tensorflow as tf

import papers
from papers.began_cs import experiments
from papers.frame import Measured, Trial
from tfgans import data, latent, training


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:A Frechet distance of")
@pytest.mark.parametrize(
    ("name", "rows", "figures"),
    [
        ("fig7", [1, 3], 1),
        ("fig7_k", [0, 7], 1),
        ("fig7_sweep", [0], 0),
        ("fig2_4_5_6", [1], 5),
        ("fig8_11_12", [1], 1),
        ("fig3_9_10_13", [1], 4),
    ],
)
def test_every_step_of_an_item_for_a_moment(name, rows, figures, run_for_a_moment, mnist):
    run_for_a_moment("began_cs", name, rows, figures)


def test_rivals_of_the_toy_experiment_have_latents_of_one_size(tmp_path, monkeypatch):
    taken = {}
    monkeypatch.setattr(
        "papers.began_cs.experiments.train", lambda trial, name, *changes: taken.update({name: changes})
    )
    monkeypatch.setattr("papers.began_cs.experiments.scored", lambda result: None)
    (item,) = papers.find("began_cs").only(["fig7"]).items
    for setting in item.settings:
        item.run(Trial(setting, 0, "small", True, tmp_path, None, False))
    assert set(taken) == {"veegan/grid25", "bigan/grid25", "began/grid25", "began_cs/grid25"}
    assert taken["bigan/grid25"] == ("widths=(128, 128)", "latent_size=2", "batch_size=128", "steps=15000")


@pytest.mark.parametrize(
    ("trace", "drops"),
    [
        # Half of .2 is .1: k of .1 has not dropped, and .09 has.
        ({100: 0.2, 200: 0.1}, 0),
        ({100: 0.2, 200: 0.09}, 1),
        # A young controller may drop.
        ({100: 0.02, 200: 0.0}, 0),
        ({100: 0.021, 200: 0.0}, 1),
        # A thousand steps after the highest it still counts, and one step later no more.
        ({100: 0.8, 1_100: 0.1}, 1),
        ({100: 0.8, 1_101: 0.1}, 0),
    ],
)
def test_k_drops_below_half_of_its_highest_value(trace, drops):
    assert experiments.drops_of_k([{"step": step, "k": k} for step, k in trace.items()]) == drops


def test_drops_of_k_are_counted_where_they_begin():
    """k falls below half of .4 at step 300 and stays, rises, and falls again at step 600."""
    trace = [0.1, 0.4, 0.19, 0.1, 0.3, 0.15]
    assert experiments.drops_of_k([{"step": 100 * (n + 1), "k": k} for n, k in enumerate(trace)]) == 2


def test_curves_of_a_run_by_hand(tmp_path, monkeypatch):
    """Distances are best at step 200, and 1.5 times as large later; variances grow four times and twice."""
    files = {
        "score_curves.jsonl": [{"step": 100 * n, "frechet/pixels": d} for n, d in ((1, 9.0), (2, 4.0), (3, 6.0))],
        "metrics.jsonl": [{"step": 100, "k": 0.4}, {"step": 200, "k": 0.1, "constraint": 0.3}],
        "codes/variances.jsonl": [
            {"step": 100, "real": 0.5, "generated": 1.0},
            {"step": 300, "real": 2, "generated": 2},
        ],
    }
    (tmp_path / "codes").mkdir()
    for name, lines in files.items():
        (tmp_path / name).write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    asked = {}
    monkeypatch.setattr(experiments, "train", lambda trial, name, *changes: asked.update({name: changes}))
    monkeypatch.setattr(experiments, "scored", lambda result: Measured({}, {}))
    monkeypatch.setattr(experiments, "_distance", lambda trial: "frechet/pixels")
    setting = {"system": "began", "data": "portraits16", "fraction": 0.1}
    measured = experiments.curves(Trial(setting, 0, "hour", False, tmp_path, None, False))
    assert measured.values == {
        "best_frechet": 4.0,
        "best_step": 200.0,
        "worst_after_best": 1.5,
        "drops_of_k": 1.0,
        "k": 0.1,
        "constraint": 0.3,
        "code_variance_real": 2.0,
        "code_variance_generated": 2.0,
        "growth_of_variance_real": 4.0,
        "growth_of_variance_generated": 2.0,
    }
    # Ten scorings of 60,000 steps.
    assert {"train_fraction=0.1", "score_every=6000", "steps=60000"} <= set(asked["began/portraits16"])


def test_one_shot_and_search_by_hand(tmp_path, monkeypatch):
    """G is the identity and Enc is 0, so one shot errs by ||x||. The first step of Adam moves entries by its rate."""
    random = np.random.default_rng(0)
    known = data.from_arrays(random.uniform(0.1, 0.9, (20, 1, 2, 1)).astype(np.float32))
    model = types.SimpleNamespace(
        encode=lambda images: np.zeros((len(images), 2), np.float32),
        generate=lambda latents: latents.reshape(-1, 1, 2, 1),
        reconstruct=np.zeros_like,
        unclipped_graph=lambda latents: tf.reshape(latents, [-1, 1, 2, 1]),
        prior=latent.Uniform(2),
    )
    monkeypatch.setattr(training, "load", lambda workdir: model)
    monkeypatch.setattr(experiments, "splits", lambda trial: [known, known])
    values = experiments._inverted(Trial({}, 0, "hour", True, tmp_path, None, False)).values
    images = known.unit_images[:16].reshape(-1, 2)
    starts = experiments._random_starts(model, 16)
    assert values["one_shot_error"] == pytest.approx(np.linalg.norm(images, axis=1).mean())
    assert values["code_error"] == pytest.approx(np.linalg.norm(starts, axis=1).mean())
    assert values["code_1_error"] == pytest.approx(np.linalg.norm(images - 0.01, axis=1).mean(), rel=1e-5)
    moved = starts + 0.01 * np.sign(images - starts)
    assert values["random_1_error"] == pytest.approx(np.linalg.norm(images - moved, axis=1).mean(), rel=1e-5)
