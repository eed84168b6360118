import statistics

import pytest

from papers.paper import FOLDER
from tfgans import recipes
from tfgans._files import read_json


def stored(measured):
    """The stored file of a measurement, and its trials."""
    paper, item = measured.item.split("/")
    content = read_json(FOLDER / paper / "results" / f"{item}.json")
    rows = [row for row in content["rows"] if measured.row.items() <= row.items() and row["scale"] == "small"]
    (row,) = rows
    return content, row["trials"]


def steps_of(trial):
    protocols = [trial["protocol"], *(part for part in trial["protocol"].values() if isinstance(part, dict))]
    return {protocol["step"] for protocol in protocols if "step" in protocol}


@pytest.mark.parametrize("name", recipes.MEASURED)
def test_durations_are_about_those_of_the_stored_results(name):
    """Other work on the machine makes a run slower, so that further seeds move the median."""
    measured = recipes.MEASURED[name]
    content, trials = stored(measured)
    assert measured.seconds == pytest.approx(statistics.median(trial["seconds"] for trial in trials), rel=0.5)
    assert steps_of(trials[0]) <= {measured.steps}
    # This machine's results have two cores, which the jobs of a plan share.
    assert ("--jobs=2" in content["command"]) == (measured.cores == 1)
    assert recipes.get(name).preset == "small"


def test_minutes():
    ring = recipes.get("logan/ring8")
    assert recipes.minutes(ring) == pytest.approx(170.9 / 60)
    assert recipes.minutes(ring.override([f"steps={2 * ring.steps}"])) == pytest.approx(2 * 170.9 / 60)
    assert recipes.minutes(recipes.get("cwgan/celeba")) is None
