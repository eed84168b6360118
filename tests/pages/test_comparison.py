import base64
import html.parser
import json
import re

import pytest
from short_runs import tiny

from tfgans import pages, plots
from tfgans._files import append_line, write_json
from tfgans.pages import comparison
from tfgans.training import RunFolder


class Tables(html.parser.HTMLParser):
    """The tables of a page: the texts of each row's cells by the text of its first."""

    def __init__(self, page):
        super().__init__()
        self.rows, self._row = {}, None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag == "tr":
            self._row = []
        elif tag in ("td", "th"):
            self._row.append("")

    def handle_endtag(self, tag):
        if tag == "tr":
            self.rows[self._row[0]] = self._row[1:]
            self._row = None

    def handle_data(self, data):
        if self._row:
            self._row[-1] += data.strip()


@pytest.fixture
def shown(monkeypatch):
    """The lines of each panel of curves by its title, in the order of the panels."""
    panels = []
    monkeypatch.setattr(plots, "figure_png", lambda figure: panels.append(figure) or b"\x89PNG curve")

    def lines(figure):
        (axes,) = figure.axes
        drawn = [(each.get_label(), list(each.get_xdata()), list(each.get_ydata())) for each in axes.get_lines()]
        return axes.get_title(), drawn

    return lambda: dict(map(lines, panels))


def write_run(path, recipe, scores=(), metrics=(), **files):
    """A folder of a run without a model: its recipe, scores, and files of lines."""
    folder = RunFolder(path)
    path.mkdir(parents=True)
    write_json(folder.recipe_file, recipe.to_dict())
    write_json(folder.scores_file, list(scores))
    for line in metrics:
        append_line(folder.metrics_file, line)
    for name, lines in files.items():
        for line in lines:
            append_line(path / f"{name}.jsonl", line)
    return folder


def score(metric, value, spread=None, **protocol):
    return {"metric": metric, "value": value, "spread": spread, "protocol": protocol}


def compared(tmp_path, *folders):
    page = pages.write_comparison([folder.path for folder in folders], tmp_path / "page.html")
    return page.read_text(encoding="utf-8")


def test_a_score_of_an_earlier_step_or_of_the_raw_generator_says_so(tmp_path):
    recipe, metrics = tiny("gan/ring8"), [{"step": 9_000, "seconds": 1.0, "generator_loss": 0.0}]
    first, second = (
        write_run(tmp_path / name / "0", recipe, [score("frechet/x", 2.5, step=step, averaged=averaged)], metrics)
        for name, step, averaged in (("a", 1_000, False), ("b", 9_000, True))
    )
    rows = Tables(compared(tmp_path, first, second)).rows
    (name,) = (name for name in rows if name.startswith("frechet/x"))
    assert "Protocols differ: averaged False | True" in name
    assert rows[name] == ["2.5, at step 1,000", "2.5"]


def test_scores_of_the_newest_step_are_side_by_side(tmp_path):
    first = write_run(
        tmp_path / "a" / "0",
        tiny("gan/ring8"),
        [score("frechet/x", 2.5, 0.25, step=20, samples=100), score("frechet/x", 9.0, 1.0, step=10, samples=100)],
    )
    second = write_run(
        tmp_path / "b" / "0",
        tiny("gan/ring8"),
        [
            score("frechet/x", 3.0, step=20, samples=200, seed=5),
            score("modes/points", 7.5, 0.5, step=20, modes_there_are=8),
        ],
    )
    rows = Tables(compared(tmp_path, first, second)).rows
    assert rows["score"] == ["a/0", "b/0"]
    assert rows["frechet/xProtocols differ: samples 100 | 200"] == ["2.5 ± 0.25", "3"]
    assert rows["modes/points"] == ["-", "7.5 ± 0.5 of 8"]


def test_curves_keep_the_gaps_and_steps_of_each_run(tmp_path, shown):
    first = write_run(
        tmp_path / "a",
        tiny("gan/ring8"),
        metrics=[{"step": 1, "seconds": 1.0, "loss": 4.0}, {"step": 2, "seconds": 2.0, "loss": 3.0}],
        diversity=[{"step": 2, "recall": 0.5}],
    )
    second = write_run(
        tmp_path / "b",
        tiny("gan/ring8"),
        metrics=[{"step": 5, "seconds": 1.0, "loss": 1.0, "k": 0.25}],
        score_curves=[{"step": 5, "frechet": 7.0}],
    )
    page = compared(tmp_path, first, second)
    assert shown() == {
        "frechet": [("b", [5], [7.0])],
        "recall": [("a", [2], [0.5])],
        "loss": [("a", [1, 2], [4.0, 3.0]), ("b", [5], [1.0])],
        "k": [("b", [5], [0.25])],
    }
    assert page.count(base64.b64encode(b"\x89PNG curve").decode()) == 4


def test_costs_and_recipes(tmp_path):
    """The first run was resumed at step 20. The generator's layers have 2 x 4 + 4, 4 x 6 + 6 and 6 x 2 + 2 entries."""
    times = [(10, 3.0), (20, 5.0), (30, 2.0), (40, 5.0)]
    first = write_run(
        tmp_path / "a", tiny("gan/ring8", "steps=50"), metrics=[{"step": s, "seconds": t} for s, t in times]
    )
    second = write_run(tmp_path / "b", tiny("gan/ring8", "steps=50", "seed=7", "batch_size=32"))
    rows = Tables(compared(tmp_path, first, second)).rows
    assert rows["steps"] == ["40 of 50", "0 of 50"]
    assert rows["seconds"] == ["10", "0"]
    assert rows["steps per second"] == ["4", "-"]
    assert rows["seed"] == ["0", "7"]
    assert rows["batch_size"] == ["16", "32"]
    assert "log_every" not in rows
    assert rows["parameters of the generator"] == ["56", "56"]


def test_pictures_are_in_the_page_and_it_loads_nothing(tmp_path):
    folder = write_run(tmp_path / "a", tiny("gan/ring8"), alarms=[{"step": 3, "overlap": 0.125, "highest": 0.5}])
    folder.grids.mkdir()
    for step in (2, 10):
        (folder.grids / f"step_{step:08d}.png").write_bytes(f"picture {step}".encode())
    page = compared(tmp_path, folder)
    pictures = re.findall(r'src="data:image/png;base64,([^"]*)"', page)
    assert [base64.b64decode(each) for each in pictures] == [b"picture 10"]
    assert "step 3, overlap 0.125, highest 0.5" in page
    assert not re.search(r'(src|href)="(?!data:)|url\(|<script', page)


def test_texts_of_a_run_are_escaped(tmp_path):
    folder = write_run(tmp_path / "<b>bold", tiny("gan/ring8"), [score("<i>frechet", 1.0, step=1)])
    page = compared(tmp_path, folder)
    assert "<b>" not in page
    assert "<i>" not in page
    assert "&lt;b&gt;bold" in page


@pytest.mark.parametrize(
    ("names", "error", "message"),
    [
        ([], ValueError, "one or more folders of runs; received none"),
        (["a", "a"], ValueError, "twice"),
        ([f"run {number}" for number in range(21)], ValueError, "at most 20 runs, each with a color; received 21"),
        (["a", "nowhere"], FileNotFoundError, "nowhere is not the folder of a run"),
    ],
)
def test_refuses_wrong_folders_and_keeps_the_old_page(tmp_path, names, error, message):
    write_run(tmp_path / "a", tiny("gan/ring8"))
    (tmp_path / "page.html").write_text("old")
    with pytest.raises(error, match=message):
        pages.write_comparison([tmp_path / name for name in names], tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text() == "old"


def test_each_run_has_its_own_color():
    assert len({comparison._color(number) for number in range(20)}) == 20


def test_refuses_a_damaged_file_of_scores(tmp_path):
    folder = write_run(tmp_path / "a", tiny("gan/ring8"))
    folder.scores_file.write_text(json.dumps({"metric": "frechet"}))
    with pytest.raises(ValueError, match=r"scores\.json holds no scores"):
        compared(tmp_path, folder)
