import pytest


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:A Frechet distance of")
@pytest.mark.parametrize(
    ("item", "rows", "pictures"),
    [
        ("stacked_mnist", [0, 3], 1),
        ("toy_worlds", [0, 8], 2),
        ("stacked_mnist_pacgan", [1, 6], 2),
        ("stacked_mnist_weak", [7], 1),
        ("augmentation", [3], 1),
    ],
)
def test_every_step_of_a_count_for_a_moment(item, rows, pictures, run_for_a_moment, mnist, short_classifier):
    run_for_a_moment("beyond", item, rows, pictures)
