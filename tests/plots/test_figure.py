from tfgans import plots
from tfgans.plots._figure import finished


def test_a_figure_shows_itself_in_a_notebook():
    figure = plots.new_figure((2, 1))
    figure.add_subplot().plot([0, 1])
    png = figure._repr_png_()
    # The header has the size in pixels: 2 and 1 inches of 100.
    assert png.startswith(b"\x89PNG")
    assert [int.from_bytes(png[start : start + 4], "big") for start in (16, 20)] == [200, 100]


def test_a_figure_is_written_only_if_it_has_a_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    figure = plots.new_figure((1, 1))
    assert finished(figure, None) is figure
    assert not list(tmp_path.iterdir())
    assert finished(figure, "figure.png") is figure
    assert [path.name for path in tmp_path.iterdir()] == ["figure.png"]
