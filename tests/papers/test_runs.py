import math
import pathlib

import numpy as np
import pytest
from short_runs import new_run, tiny

from papers.began_cs.experiments import worst_after_best
from papers.frame import Trial
from papers.runs import evenness, shown_images


@pytest.mark.parametrize(("name", "expected"), [("portraits", [1, 3, 5]), ("others", [0, 1, 2])])
def test_figures_show_portraits_in_the_public_domain_alone(prepared, tmp_path, name, expected):
    """Every second portrait of the stand-in has the source whose pictures may be shown."""
    file = pathlib.Path(prepared, "portraits64.npz")
    recipe = tiny("gan/digits", f"data=npz:{file}", "image_shape=(64, 64, 3)")
    run = new_run(tmp_path / "run", recipe, ())
    trial = Trial({"data": name}, 0, "hour", True, run.path, prepared, download=False)
    with np.load(file) as arrays:
        images = arrays["images_test"][expected] / 127.5 - 1
    np.testing.assert_allclose(shown_images(trial, 3), images, atol=1e-5)


def test_paths_that_do_not_move_are_counted_apart():
    assert evenness([1.0, math.inf, 2.0, math.nan]) == {"still_paths": 0.5, "unevenness": 1.5}
    assert evenness([math.nan]) == {"still_paths": 1.0}


def test_what_training_loses_again_counts_from_its_best_on():
    assert worst_after_best([9.0, 2.0, 5.0, 3.0]) == 2.5
    assert worst_after_best([9.0, 4.0, 3.0]) == 1.0
