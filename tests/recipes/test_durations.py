import statistics

import pytest

from papers.paper import FOLDER
from tfgans import recipes
from tfgans._files import read_json


def stored(measured, preset):
    """The stored file of a measurement with a preset, and its trials."""
    paper, item = measured.item.split("/")
    content = read_json(FOLDER / paper / "results" / f"{item}.json")
    rows = [row for row in content["rows"] if measured.row.items() <= row.items() and row["scale"] == preset]
    (row,) = rows
    return content, row["trials"]


def steps_of(trial):
    protocols = [trial["protocol"], *(part for part in trial["protocol"].values() if isinstance(part, dict))]
    return {protocol["step"] for protocol in protocols if "step" in protocol}


@pytest.mark.parametrize("name", recipes.MEASURED)
def test_durations_are_about_those_of_the_stored_results(name):
    """Other work on the machine makes a run slower, so that further seeds move the median."""
    measured, preset = recipes.MEASURED[name], recipes.get(name).preset
    content, trials = stored(measured, preset)
    assert measured.seconds == pytest.approx(statistics.median(trial["seconds"] for trial in trials), rel=0.5)
    assert steps_of(trials[0]) <= {measured.steps}
    # This machine's results have two cores, which the jobs of a plan share. Runs of an hour have one core.
    has_one = preset == "hour" or "--jobs=2" in content["command"]
    assert has_one == (measured.cores == 1)


def test_minutes():
    ring = recipes.get("logan/ring8")
    assert recipes.minutes(ring) == pytest.approx(170.9 / 60)
    assert recipes.minutes(ring.override([f"steps={2 * ring.steps}"])) == pytest.approx(2 * 170.9 / 60)
    assert recipes.minutes(recipes.get("cwgan/celeba")) is None
