import importlib.util
import json
import types

import pytest
from short_runs import SCRIPTS, call, tiny

from papers import paper_scale


def load(path):
    """A module of the scripts, which are not a package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def benchmark():
    return load(SCRIPTS / "benchmark.py")


def clock(*times):
    """A module `time` that shows these times one after the other."""
    return types.SimpleNamespace(monotonic=iter(times).__next__)


def test_seconds_a_step_are_the_median_of_all_turns(benchmark):
    """Calls of two steps last 2, 2, 6, 2 and 3 seconds; the time between two turns does not count."""
    assert benchmark.seconds_a_step([[0, 2, 4, 10], [100, 102, 105]], at_once=2) == 1


def test_rates(benchmark):
    """A call of five steps takes .1 s of the first 3.1; 4 gigaflops in .02 s are a fifth of 1,000 a second."""
    found = benchmark.rates(0.02, 0.018, first_call=3.1, at_once=5, flops=4e9, matrix_rate=1e12)
    assert found == {
        "seconds_a_step": 0.02,
        "seconds_a_graph_step": 0.018,
        "fit_over_graph": 0.9,
        "seconds_to_compile": 3.0,
        "gigaflops_a_step": 4.0,
        "share_of_matrix_rate": 0.2,
    }


def test_the_rate_of_a_product_is_that_of_its_best_turn(benchmark, monkeypatch):
    """A product of 8x8 matrices has 2 * 8^3 = 1,024 operations; the turns take 4, 2 and 3 seconds."""
    monkeypatch.setattr(benchmark, "_MATRIX_SIZE", 8)
    monkeypatch.setattr(benchmark, "time", clock(0, 4, 4, 6, 6, 9))
    assert benchmark.matrix_rate(turns=3) == 512


def test_a_recipe_by_a_clock_that_ticks_once_a_look(benchmark, monkeypatch):
    """Each call of two steps takes a second, and so does the first one, which compiles."""
    monkeypatch.setattr(benchmark, "time", clock(*range(100)))
    monkeypatch.setattr(benchmark, "matrix_rate", lambda: 1e6)
    recipe = tiny("gan/ring8", "steps_per_execution=2")
    line = benchmark.measure(recipe, steps=4, turns=2, xla=False, fake_data=True, source={})
    times = ("seconds_a_step", "seconds_a_graph_step", "fit_over_graph", "seconds_to_compile")
    assert [line[name] for name in times] == [0.5, 0.5, 1, 0]
    assert line["recipe"] == "gan/ring8 small"
    # The widths are 4 and 6: a pass of 16 points multiplies and adds more than 16 * 4 * 6 times.
    assert line["gigaflops_a_step"] * 1e9 > 2 * 16 * 4 * 6
    assert line["share_of_matrix_rate"] == pytest.approx(line["gigaflops_a_step"] * 1e3 / 0.5, rel=0.01)
    assert line["gigabytes"] > 0.1


def test_lines_are_written_and_shown_as_a_table(benchmark, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(benchmark, "measure", lambda recipe, *_: {"recipe": recipe.name, "seconds_a_step": 0.5})
    monkeypatch.setattr(paper_scale, "alone", lambda function, *arguments: function(*arguments))
    out = tmp_path / "lines.json"
    call(benchmark, "--recipe=cwgan/digits", "--recipe=gan/ring8", f"--out={out}")
    assert [line["recipe"] for line in json.loads(out.read_text())] == ["cwgan/digits", "gan/ring8"]
    assert capsys.readouterr().out.splitlines()[-2:] == ["| cwgan/digits | 0.5 |", "| gan/ring8 | 0.5 |"]


def test_fit_is_compared_with_pytorch(benchmark, monkeypatch):
    """30 steps a second are 1.5 times 20."""
    fit = {"name": "LOGAN, fit", "value": 30.0, "unit": "steps/s", "against": None}
    others = [{**fit, "name": "LOGAN, by hand"}, {**fit, "value": 0.9, "unit": "ratio", "against": "by hand"}]
    theirs = {**fit, "name": "LOGAN, PyTorch", "value": 20.0}
    monkeypatch.setattr(benchmark, "FLAGS", types.SimpleNamespace(torch="python-with-torch"))
    monkeypatch.setattr(
        benchmark,
        "_lines_of",
        lambda python, program: [theirs] if python == "python-with-torch" else [fit, *others],
    )
    lines = list(benchmark._time_by_hand())[:5]
    assert lines == [fit, *others, theirs, {**fit, "value": 1.5, "unit": "ratio", "against": "PyTorch"}]


def test_turns_of_steps_by_hand(monkeypatch):
    """Ten steps take 2 and 1 seconds in one way, 4 and 5 in the other."""
    turns = load(SCRIPTS / "benchmarks" / "_turns.py")
    monkeypatch.setattr(turns, "time", clock(0, 2, 2, 6, 6, 7, 7, 12))
    taken = []
    runs = {name: lambda name=name: taken.append(name) for name in ("a", "b")}
    assert turns.best_rates(runs, steps=10, turns=2) == {"a": 10, "b": 2.5}
    assert taken == ["a", "b"] * 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--by_hand", "--recipe=cwgan/digits"], "--by_hand times no recipes; received --recipe"),
        (["--torch=python"], "--torch needs --by_hand"),
        (["--recipe=no/such"], "There is no recipe 'no/such'"),
        (["--out=found.txt"], "found.txt"),
    ],
)
def test_refuses_what_does_not_go_together(benchmark, arguments, message):
    with pytest.raises(ValueError, match=message):
        call(benchmark, *arguments)
