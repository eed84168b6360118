import json
import pathlib

import pytest

from tfgans import experiments
from tfgans.experiments import Item, Plan


def count(trial):
    """Leaves a mark for each call, and fails for seed 2 while there is a file `broken` beside the runs."""
    trial.workdir.mkdir(parents=True)
    if trial.seed == 2 and (trial.workdir.parents[5] / "broken").exists():
        raise RuntimeError("seed 2 is broken")
    return {"score": trial.seed + (10.0 if trial.setting["kind"] == "b" else 0.0)}


def draw(trials, folder):
    (folder / "figure.txt").write_text(" ".join(str(trial.workdir.name) for trial in trials))


ITEM = Item("paper", "table1", "b is ten more than a", ({"kind": "a"}, {"kind": "b"}), count, draw)


@pytest.fixture
def plan(tmp_path):
    return Plan(tmp_path / "results", tmp_path / "runs", "small", 3, 1, False, None, "scripts/reproduce.py")


def test_stores_rows_with_spread_and_seeds(plan):
    stored = json.loads(experiments.run_item(ITEM, plan).read_text())
    assert {"paper", "item", "claim", "command", "seconds", "versions", "rows"} <= stored.keys()
    first, second = stored["rows"]
    assert first["kind"] == "a"
    assert (first["value"], first["spread"], first["seeds"]) == ({"score": 1.0}, {"score": 1.0}, [0, 1, 2])
    assert second["value"] == {"score": 11.0}
    assert (plan.results / "paper" / "figure.txt").read_text() == "0 0"


def test_what_landed_stands_and_the_rest_is_run_later(plan):
    broken = plan.workdir.parent / "broken"
    broken.write_text("")
    with pytest.raises(RuntimeError, match="seed 2 is broken"):
        experiments.run_item(ITEM, plan)
    (row, *_) = json.loads(plan.file(ITEM).read_text())["rows"]
    assert row["seeds"] == [0, 1]
    assert "stands: kind=a, seed 0" in experiments.describe(ITEM, plan)
    assert "to run: kind=a, seed 2" in experiments.describe(ITEM, plan)

    broken.unlink()
    for folder in plan.workdir.rglob("2"):
        folder.rmdir()
    # A trial that ran again would find its folder there, and fail.
    rows = json.loads(experiments.run_item(ITEM, plan).read_text())["rows"]
    assert [row["seeds"] for row in rows] == [[0, 1, 2], [0, 1, 2]]


def test_table(plan):
    assert experiments.table(experiments.run_item(ITEM, plan)).splitlines() == [
        "| kind | score | seeds |",
        "| --- | --- | --- |",
        "| a | 1.000 ± 1.000 | 3 |",
        "| b | 11.000 ± 1.000 | 3 |",
    ]


def test_items_by_name():
    assert [item.name for item in experiments.items("cwgan")] == ["fig3", "fig4_6", "fig7_10", "penalty"]
    assert [item.name for item in experiments.items("cwgan", ["penalty"])] == ["penalty"]
    with pytest.raises(ValueError, match="no paper 'dcgan'"):
        experiments.items("dcgan")
    with pytest.raises(ValueError, match=r"has the items fig3, .*; received fig9"):
        experiments.items("cwgan", ["fig9"])


def test_stored_results_are_of_items_that_there_are():
    results = pathlib.Path(__file__).parents[2] / "docs" / "results"
    for path in results.glob("*/*.json"):
        (item,) = experiments.items(path.parent.name, [path.stem])
        for row in json.loads(path.read_text())["rows"]:
            assert any(setting.items() <= row.items() for setting in item.settings)
