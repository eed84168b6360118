import concurrent.futures
import dataclasses
import fcntl
import json
import os
import re
import shutil
import signal
import threading
import time

import pytest

from papers import frame
from papers.frame import Item, Measured, Plan, Results, describe, run_item, table
from tfgans._errors import NonFiniteError


def count(trial):
    """Fails where its folder is there already, and for a seed that a file beside the runs names."""
    trial.workdir.mkdir(parents=True)
    broken = trial.workdir.parents[5] / "broken"
    if broken.exists() and broken.read_text() == str(trial.seed):
        raise RuntimeError(f"seed {trial.seed} is broken")
    if trial.setting["kind"] == "b" and trial.seed == 1:
        raise NonFiniteError(7, ["generator_loss"])
    return Measured({"score": trial.seed + (10.0 if trial.setting["kind"] == "b" else 0.0)}, {"samples": 5})


def wait(trial):
    """Says that it runs, and goes on for long."""
    trial.workdir.mkdir(parents=True)
    time.sleep(600)


def die(trial):
    """Is killed while the second trial runs, if it is the first."""
    if trial.seed == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(1)
    return Measured({"score": 1.0}, {})


def threads(trial):
    """Says how many threads libraries may use."""
    return Measured({name: float(os.environ[name]) for name in ("OMP_NUM_THREADS", "TF_NUM_INTEROP_THREADS")}, {})


def look(trial):
    """Trains nothing, and leaves no folder."""
    return Measured({"score": 1.0}, {"samples": 5})


def draw(trials, folder):
    (folder / "figure.txt").write_text(" ".join(str(trial.workdir.name) for trial in trials))


ITEM = Item("paper", "table1", ({"kind": "a"}, {"kind": "b"}), count, draw)


@pytest.fixture
def plan(tmp_path, request):
    """A plan of three seeds, or as many as a test is parametrised with."""
    seeds = getattr(request, "param", 3)
    return Plan(tmp_path / "papers", tmp_path / "runs", seeds=seeds, command="scripts/reproduce.py")


class InThisProcess(concurrent.futures.Executor):
    """Runs a trial as it is submitted."""

    def __init__(self, *arguments, **keywords):
        pass

    def submit(self, function, *arguments):
        future = concurrent.futures.Future()
        try:
            future.set_result(function(*arguments))
        except Exception as error:
            future.set_exception(error)
        return future

    def shutdown(self, wait=True):
        pass


@pytest.fixture
def without_processes(monkeypatch):
    """Trials run in this process, for tests of what is stored and run again."""
    monkeypatch.setattr(concurrent.futures, "ProcessPoolExecutor", InThisProcess)


def test_stores_rows_with_spread_count_and_protocol(plan, without_processes):
    stored = json.loads(run_item(ITEM, plan).read_text())
    assert {"paper", "item", "command", "seconds", "versions", "rows"} <= stored.keys()
    first, second = stored["rows"]
    assert (first["scale"], first["kind"]) == ("small", "a")
    assert (first["value"], first["spread"], first["seeds"]) == ({"score": 1.0}, {"score": 1.0}, [0, 1, 2])
    assert first["trials"][0]["protocol"] == {"samples": 5}
    # One run of b broke: it is counted, and the mean is said to be of two.
    assert second["value"] == {"score": 11.0, "nonfinite": 1.0}
    assert second["count"] == {"score": 2, "nonfinite": 1}
    assert (plan.file(ITEM).with_name("figure.txt")).read_text() == "0 0"
    assert table(plan.file(ITEM)).splitlines() == [
        "| scale | kind | score | nonfinite | seeds |",
        "| --- | --- | --- | --- | --- |",
        "| small | a | 1.0 ± 1.0 | - | 3 |",
        "| small | b | 11.0 ± 1.4 (2 of 3) | 1 (1 of 3) | 3 |",
    ]


@pytest.mark.parametrize("seed", [0, 2])
def test_a_broken_trial_does_not_stop_the_others(plan, seed, without_processes):
    broken = plan.workdir.parent / "broken"
    broken.write_text(str(seed))
    with pytest.raises(RuntimeError, match=f"seed {seed} is broken"):
        run_item(ITEM, plan)
    rest = [other for other in range(3) if other != seed]
    assert [row["seeds"] for row in json.loads(plan.file(ITEM).read_text())["rows"]] == [rest, rest]
    assert f"stored: kind=a, seed {rest[0]}" in describe(ITEM, plan)
    assert f"to run: kind=a, seed {seed}" in describe(ITEM, plan)

    broken.unlink()
    for folder in plan.workdir.rglob(str(seed)):
        shutil.rmtree(folder)
    # A trial that ran again would find its folder there, and fail.
    rows = json.loads(run_item(ITEM, plan).read_text())["rows"]
    assert [row["seeds"] for row in rows] == [[0, 1, 2], [0, 1, 2]]


def test_what_is_stale_is_taken_again_from_the_start(plan, without_processes):
    """A trial fails where its folder is there: that of the stale ones must be gone, and the others must not run."""
    path = run_item(ITEM, plan)
    stored = json.loads(path.read_text())
    for trial in stored["rows"][0]["trials"]:
        trial["stale"], trial["values"]["score"] = "it was mended.", 70.0
    stored["rows"][0]["value"]["score"] = 70.0
    path.write_text(json.dumps(stored))
    assert "| small | a | 70.0 ± 1.0 † | - | 3 |" in table(path)
    plan_text = describe(ITEM, plan)
    assert "to run: kind=a, seed 0" in plan_text
    assert "stored: kind=b, seed 0" in plan_text
    # The row shows the first that lands alone. The others stay stale, and their runs go when their turn comes.
    one = dataclasses.replace(plan, seeds=1)
    row = json.loads(run_item(ITEM, one).read_text())["rows"][0]
    assert (row["value"], row["seeds"]) == ({"score": 0.0}, [0])
    assert [trial["seed"] for trial in row["stale_trials"]] == [1, 2]
    assert "†" not in table(path)
    rows = json.loads(run_item(ITEM, plan).read_text())["rows"]
    assert [row["value"]["score"] for row in rows] == [1.0, 11.0]
    assert not any("stale_trials" in row for row in rows)


def mark_first(path):
    """Marks the first trial of a file as stale."""
    stored = json.loads(path.read_text())
    stored["rows"][0]["trials"][0]["stale"] = "it was mended."
    path.write_text(json.dumps(stored))


@pytest.fixture
def stale(plan, without_processes):
    """The first trial of an item with one seed, whose stored numbers are stale."""
    mark_first(run_item(ITEM, plan))
    return plan.trials(ITEM)[0]


@pytest.mark.parametrize("plan", [1], indirect=True)
def test_what_is_stale_twice_for_one_reason_is_taken_twice(plan, stale):
    """A trial fails where its folder is there."""
    path = run_item(ITEM, plan)
    mark_first(path)
    run_item(ITEM, plan)
    assert "stored: kind=a" in describe(ITEM, plan)


@pytest.mark.parametrize("plan", [1], indirect=True)
def test_the_trial_of_another_process_is_left_to_it(plan, stale, capsys):
    """A trial is stale until it is stored, so that a second command finds it stale while the first one measures it."""
    (stale.workdir / "checkpoint").touch()
    with open(stale.workdir.with_name(".0.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        run_item(ITEM, plan)
        assert "'kind': 'a'}, seed 0: another process measures it" in capsys.readouterr().err
        assert (stale.workdir / "checkpoint").exists()
    assert "to run: kind=a" in describe(ITEM, plan)
    run_item(ITEM, plan)
    assert not (stale.workdir / "checkpoint").exists()
    assert "stored: kind=a" in describe(ITEM, plan)


@pytest.mark.parametrize("plan", [1], indirect=True)
def test_a_stale_trial_that_is_interrupted_goes_on(plan, stale):
    """The run of the stale numbers is removed once; the fresh one that follows it is resumed."""

    def interrupted(trial):
        trial.workdir.mkdir()
        raise RuntimeError("Ctrl-C")

    def resumed(trial):
        return Measured({"score": float(trial.workdir.exists())}, {})

    with pytest.raises(RuntimeError, match="Ctrl-C"):
        run_item(dataclasses.replace(ITEM, run=interrupted), plan)
    row = json.loads(run_item(dataclasses.replace(ITEM, run=resumed), plan).read_text())["rows"][0]
    assert (row["kind"], row["value"]) == ("a", {"score": 1.0})


def test_what_another_process_has_measured_is_not_measured_again(plan, without_processes):
    """While the first of three trials runs, another process stores the second."""
    item = dataclasses.replace(ITEM, settings=({"kind": "a"},), figures=None)
    _, second, _ = plan.trials(item)

    def first_meets_another(trial):
        if trial.seed == 0:
            Results(item, plan).add(second, Measured({"score": 70.0}, {}), 1.0)
        return Measured({"score": float(trial.seed)}, {})

    (row,) = json.loads(run_item(dataclasses.replace(item, run=first_meets_another), plan).read_text())["rows"]
    assert [trial["values"]["score"] for trial in row["trials"]] == [0.0, 70.0, 2.0]


def test_figures_are_not_drawn_of_other_runs_than_those_of_the_numbers(plan, capsys, without_processes):
    path = run_item(ITEM, plan)
    path.with_name("figure.txt").write_text("as it was")
    Results(ITEM, plan).add(plan.trials(ITEM)[0], Measured({"score": 70.0}, {}), 1.0)
    run_item(ITEM, plan)
    assert path.with_name("figure.txt").read_text() == "as it was"
    assert "the figures stay as they are" in capsys.readouterr().out


def test_a_trial_has_the_code_and_the_command_that_measured_it(plan, without_processes):
    run_item(ITEM, dataclasses.replace(plan, seeds=1))
    path = run_item(ITEM, dataclasses.replace(plan, seeds=2, command="another"))
    origins = [trial["origin"] for trial in json.loads(path.read_text())["rows"][0]["trials"]]
    assert [origin["command"] for origin in origins] == ["scripts/reproduce.py", "another"]
    assert origins[0]["versions"].keys() >= {"tensorflow", "keras"}
    assert re.fullmatch(r"[0-9a-f]{7,}(-dirty)?", origins[0]["revision"])


def test_the_seconds_of_a_trial_count_those_before_an_interrupt(plan):
    (trial, *_) = plan.trials(ITEM)

    def interrupted(trial):
        time.sleep(0.2)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        frame._timed(interrupted, trial)
    _, seconds = frame._timed(look, trial)
    assert 0.2 <= seconds < 5


def test_what_another_process_stores_in_the_meantime_is_kept(plan):
    ours, theirs = (Results(ITEM, plan) for _ in range(2))
    first, second, *_ = plan.trials(ITEM)
    ours.add(first, Measured({"score": 1.0}, {}), 1.0)
    theirs.add(second, Measured({"score": 2.0}, {}), 1.0)
    rows = json.loads(plan.file(ITEM).read_text())["rows"]
    assert [(row["kind"], row["value"], row["seeds"]) for row in rows] == [
        ("a", {"score": 1.0}, [0]),
        ("b", {"score": 2.0}, [0]),
    ]


def test_an_item_has_a_scale_of_its_own(plan):
    hour = dataclasses.replace(ITEM, scales=("hour", "paper"))
    assert {trial.scale for trial in plan.trials(hour)} == {"hour"}
    assert {trial.scale for trial in dataclasses.replace(plan, scale="paper").trials(hour)} == {"paper"}


def test_another_scale_is_another_row(plan, without_processes):
    run_item(ITEM, dataclasses.replace(plan, seeds=1))
    paper = dataclasses.replace(plan, seeds=1, scale="paper")
    assert "stored" not in describe(ITEM, paper)
    rows = json.loads(run_item(ITEM, paper).read_text())["rows"]
    assert [(row["scale"], row["kind"]) for row in rows] == [
        ("paper", "a"),
        ("paper", "b"),
        ("small", "a"),
        ("small", "b"),
    ]


def test_results_without_their_runs_stay_and_keep_their_figures(plan, capsys, without_processes):
    run_item(ITEM, plan)
    shutil.rmtree(plan.workdir)
    (plan.file(ITEM).with_name("figure.txt")).write_text("as it was")
    run_item(ITEM, plan)
    assert (plan.file(ITEM).with_name("figure.txt")).read_text() == "as it was"
    assert "figures stay as they are" in capsys.readouterr().out


def test_figures_are_drawn_of_an_item_with_a_row_that_trains_nothing(plan, without_processes):
    run_item(dataclasses.replace(ITEM, run=look), plan)
    assert (plan.file(ITEM).with_name("figure.txt")).read_text() == "0 0"


def test_numbers_and_errors_come_from_processes(plan):
    (plan.workdir.parent / "broken").write_text("0")
    item = dataclasses.replace(ITEM, settings=({"kind": "a"},))
    with pytest.raises(RuntimeError, match="seed 0 is broken"):
        run_item(item, dataclasses.replace(plan, seeds=2))
    (row,) = json.loads(plan.file(item).read_text())["rows"]
    assert (row["value"], row["seeds"]) == ({"score": 1.0}, [1])


def test_a_trial_that_is_killed_is_one_failure(plan):
    """Two trials run at once, and the first is killed, as a system without memory does: the others are stored."""
    item = dataclasses.replace(ITEM, settings=({"kind": "a"},), run=die, figures=None)
    with pytest.raises(RuntimeError, match=r"^paper/table1: \{'scale': 'small', 'kind': 'a'\}, seed 0: BrokenProcess"):
        run_item(item, dataclasses.replace(plan, jobs=2))
    (row,) = json.loads(plan.file(item).read_text())["rows"]
    assert row["seeds"] == [1, 2]


def test_threads_are_set_for_trials_alone(plan, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("TF_NUM_INTEROP_THREADS", raising=False)
    item = dataclasses.replace(ITEM, settings=({"kind": "a"},), run=threads, figures=None)
    run_item(item, dataclasses.replace(plan, seeds=1, jobs=os.cpu_count()))
    (row,) = json.loads(plan.file(item).read_text())["rows"]
    assert row["value"] == {"OMP_NUM_THREADS": 1, "TF_NUM_INTEROP_THREADS": 1}
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "TF_NUM_INTEROP_THREADS" not in os.environ


def test_an_interrupt_stops_what_runs(plan):
    """Two of six trials run when the signal comes; both end at once, and no other begins."""
    item = dataclasses.replace(ITEM, run=wait)

    def interrupt():
        while len(list(plan.workdir.rglob("0"))) < 2:
            time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_item(item, dataclasses.replace(plan, jobs=2))
    assert time.monotonic() - began < 120
    assert len([path for path in plan.workdir.rglob("*") if path.name in "012"]) == 2
