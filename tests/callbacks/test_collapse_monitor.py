import types

import numpy as np
import pytest
from short_runs import read_events, read_lines

from tfgans import callbacks


class Model:
    def __init__(self):
        self.step = types.SimpleNamespace(numpy=lambda: np.int64(self.at))
        self.at = 0


@pytest.fixture
def run(tmp_path):
    """Trains for a while: the coverage is measured at each hundredth step; recall is never watched."""
    lines, alarms = tmp_path / "diversity.jsonl", tmp_path / "alarms.jsonl"

    def trained(coverages, start=0):
        model = Model()
        rules = [("coverage", callbacks.FallRule(0.5, 0.1)), ("coverage", callbacks.LowRule(0.05, 3))]
        coverage = iter(coverages)
        monitor = callbacks.CollapseMonitor(
            lambda _: {} if (value := next(coverage)) is None else {"coverage": value, "recall": 0.0},
            lines,
            alarms,
            tmp_path / "events",
            100,
            rules,
        )
        model.at = start
        monitor.set_model(model)
        monitor.on_train_begin()
        for step in range(start + 50, start + 100 * len(coverages) + 50, 50):
            model.at = step
            logs = {"loss": 1.0}
            monitor.on_epoch_end(0, logs)
        trained.logs = logs if coverages else {}
        return read_lines(alarms) if alarms.exists() else []

    trained.lines = lines
    return trained


def test_a_fall_is_noted_once(run, capsys):
    noted = run([0.2, 0.8, 0.5, 0.39, 0.3, 0.35])
    assert noted == [{"step": 400, "coverage": 0.39, "highest": 0.8}]
    warning = capsys.readouterr().err
    assert warning.count("Step") == 1
    assert "Step 400: the coverage of samples fell to 0.39 from 0.8. The generator may be losing modes" in warning


def test_noise_around_the_limit_is_one_fall(run):
    assert [line["step"] for line in run([0.8, 0.39, 0.41, 0.39, 0.7, 0.1])] == [200]


def test_a_fall_from_a_new_best_is_noted_again(run):
    assert [line["step"] for line in run([0.8, 0.3, 0.9, 0.1])] == [200, 400]


def test_values_that_stay_low_are_noted_once_in_a_row(run, capsys):
    noted = run([0.04, 0.04, 0.06, 0.04, 0.03, 0.02, 0.01, 0.05, 0.01, 0.01, 0.01])
    assert noted == [{"step": 600, "coverage": 0.02, "limit": 0.05}, {"step": 1100, "coverage": 0.01, "limit": 0.05}]
    assert "Step 600: the coverage of samples is 0.02; its last 3 values lie below 0.05." in capsys.readouterr().err


def test_a_low_highest_value_is_ignored(run):
    assert run([0.09, 0.06, 0.01]) == []


def test_a_resumed_run_goes_on_counting_low_values(run):
    run([0.01, 0.01])
    assert run([0.01], start=200) == [{"step": 300, "coverage": 0.01, "limit": 0.05}]


def test_a_step_without_measures_is_passed_over(run):
    assert [line["step"] for line in run([0.8, None, 0.3])] == [300]
    assert [line["step"] for line in read_lines(run.lines)] == [100, 300]


def test_writes_events(run, tmp_path):
    run([0.8, 0.3])
    assert len(list((tmp_path / "events").iterdir())) == 1
    values = read_events(tmp_path / "events")
    assert values[200, "diversity/coverage"] == pytest.approx(0.3)
    assert (values[100, "diversity/alarms"], values[200, "diversity/alarms"]) == (0, 1)


def test_no_alarm_while_coverage_grows_or_was_never_there(run, capsys):
    assert run([0.0, 0.09, 0.01, 0.3, 0.6, 0.31]) == []
    assert capsys.readouterr().err == ""


def test_all_measures_are_written_at_their_steps(run):
    run([0.2, 0.3])
    assert read_lines(run.lines) == [
        {"step": 100, "coverage": 0.2, "recall": 0.0},
        {"step": 200, "coverage": 0.3, "recall": 0.0},
    ]


def test_logs_show_the_coverage_and_the_alarms(run):
    run([0.8, 0.3])
    assert run.logs == {"loss": 1.0, "coverage": 0.3, "alarms": 1.0}


def test_a_resumed_run_knows_the_best(run):
    run([0.8, 0.7])
    assert run([0.3], start=200) == [{"step": 300, "coverage": 0.3, "highest": 0.8}]


def test_a_resumed_run_neither_repeats_nor_forgets_an_alarm(run):
    assert len(run([0.8, 0.3])) == 1
    assert [line["step"] for line in run([0.3, 0.2], start=200)] == [200]
    assert run.logs["alarms"] == 1.0


def test_a_line_without_its_measures_is_passed_over(run):
    run([0.8, 0.7])
    with open(run.lines, "a") as file:
        file.write('{"step": 200}\n')
    assert [line["step"] for line in run([0.3], start=200)] == [300]


def test_lines_beyond_the_step_of_a_resumed_run_are_cut_off(run):
    run([0.8, 0.8, 0.1])
    assert run([], start=200) == []
    assert [line["step"] for line in read_lines(run.lines)] == [100, 200]


def test_epochs_that_end_at_no_multiple_are_measured_when_they_have_passed_one(tmp_path):
    """Epochs of 782 steps pass 1,000, 2,000, 3,000 and 4,000 steps before these ends."""
    lines, model = tmp_path / "diversity.jsonl", Model()
    measured = {"overlap": 1.0, "spacing": 1.0}
    monitor = callbacks.CollapseMonitor(lambda _: measured, lines, tmp_path / "alarms", tmp_path / "events", 1_000)
    monitor.set_model(model)
    monitor.on_train_begin()
    for epoch in range(1, 7):
        model.at = 782 * epoch
        monitor.on_epoch_end(epoch)
    assert [line["step"] for line in read_lines(lines)] == [1_564, 2_346, 3_128, 4_692]
