import pytest


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:A Frechet distance of")
def test_every_step_of_the_count_for_a_moment(run_for_a_moment, mnist, short_classifier):
    run_for_a_moment("beyond", "stacked_mnist", [0, 3], 1)
