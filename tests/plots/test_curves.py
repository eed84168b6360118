import numpy as np
import pytest
from PIL import Image

from tfgans.plots import compared_curves, score_curves


def panels(figure):
    """The panels of a figure: (title, x, y) of each."""
    lines = [(axes.get_title(), axes.get_lines()[0]) for axes in figure.axes]
    return [(title, list(line.get_xdata()), list(line.get_ydata())) for title, line in lines]


def test_one_panel_a_score(tmp_path):
    figure = score_curves([10, 20], [{"a": 1.0, "b/c": 5.0}, {"a": 2.0, "b/c": 4.0}], tmp_path / "curves.png")
    assert panels(figure) == [("a", [10, 20], [1.0, 2.0]), ("b/c", [10, 20], [5.0, 4.0])]
    assert [file.name for file in tmp_path.iterdir()] == ["curves.png"]


def test_a_line_passes_over_steps_without_its_score():
    """Scores are taken at other steps than metrics, and yet their points are joined."""
    shown = panels(score_curves([10, 20, 30], [{"a": 1.0}, {"b": 3.0}, {"a": 2.0}]))
    assert shown == [("a", [10, 30], [1.0, 2.0]), ("b", [20], [3.0])]


def test_names_are_shown_as_they_are(tmp_path):
    """An underscore at the beginning and dollars have meanings for matplotlib."""
    figure = compared_curves({"_base": ([1], [1.0]), "$5_$": ([1], [2.0])}, "$a_$", tmp_path / "curves.png")
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["_base", "$5_$"]


@pytest.mark.parametrize(("count", "columns", "rows"), [(1, 1, 1), (2, 2, 1), (3, 3, 1), (4, 3, 2), (7, 3, 3)])
def test_panels_stand_in_rows_of_three(tmp_path, count, columns, rows):
    values = [{str(number): 1.0 for number in range(count)}]
    score_curves([1], values, tmp_path / "curves.png")
    with Image.open(tmp_path / "curves.png") as picture:
        assert picture.size == (400 * columns, 300 * rows)


def test_values_that_are_not_finite_are_drawn_as_gaps(tmp_path):
    rows = [{"a": 1.0}, {"a": float("nan")}, {"a": float("inf")}]
    (axes,) = score_curves([1, 2, 3], rows, tmp_path / "curves.png").axes
    np.testing.assert_array_equal(axes.get_lines()[0].get_ydata(), [1.0, np.nan, np.inf])
    assert np.isfinite(axes.get_ylim()).all()
    assert (tmp_path / "curves.png").is_file()


@pytest.mark.parametrize(("steps", "values"), [([1, 2], [{"a": 1.0}]), ([], []), ([1], [{}])])
def test_refuses_what_is_no_curve_and_leaves_the_old_picture(tmp_path, steps, values):
    (tmp_path / "curves.png").write_text("old")
    with pytest.raises(ValueError, match=f"received {len(steps)} steps, {len(values)} rows"):
        score_curves(steps, values, tmp_path / "curves.png")
    assert (tmp_path / "curves.png").read_text() == "old"


def test_runs_are_compared_in_one_panel():
    (axes,) = compared_curves({"v": ([10, 20], [1.0, 2.0]), "w": ([5], [3.0])}, "score").axes
    lines = [(line.get_label(), list(line.get_xdata()), list(line.get_ydata())) for line in axes.get_lines()]
    assert lines == [("v", [10, 20], [1.0, 2.0]), ("w", [5], [3.0])]
    assert axes.get_title() == "score"


def test_a_run_keeps_its_color_where_others_are_missing():
    (axes,) = compared_curves({"w": ([5], [3.0])}, "score", colors={"v": "tab:red", "w": "tab:blue"}).axes
    assert axes.get_lines()[0].get_color() == "tab:blue"


@pytest.mark.parametrize("curves", [{}, {"v": ([], [])}, {"v": ([1, 2], [1.0])}])
def test_refuses_runs_without_scores(curves, tmp_path):
    with pytest.raises(ValueError, match="Expected runs with a score at each step; received"):
        compared_curves(curves, "score", tmp_path / "curves.png")
