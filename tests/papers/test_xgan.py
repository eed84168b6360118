import pytest

import papers
from papers.frame import Trial


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:A Frechet distance of", "ignore:No class has")
@pytest.mark.parametrize(
    ("name", "rows", "figures"),
    [("table1_2_3", [0, 2, 3, 5], 7), ("dimension", [0], 0)],
)
def test_every_step_of_an_item_for_a_moment(name, rows, figures, run_for_a_moment, mnist, easy):
    run_for_a_moment("xgan", name, rows, figures)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:A Frechet distance of", "ignore:No class has")
def test_flowers_for_a_moment(prepared, run_for_a_moment, easy):
    run_for_a_moment("xgan", "fig4_5", [1], 1, prepared)


def test_flowers_come_from_the_folder_of_data(tmp_path):
    (item,) = papers.find("xgan").only(["fig4_5"]).items
    with pytest.raises(FileNotFoundError, match=r"takes its images from .*flowers17_64\.npz"):
        item.run(Trial(item.settings[2], 0, "small", True, tmp_path, str(tmp_path), False))
