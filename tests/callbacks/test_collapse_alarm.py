import json
import types

import numpy as np
import pytest
from short_runs import read_lines

from tfgans import callbacks


class Model:
    def __init__(self):
        self.step = types.SimpleNamespace(numpy=lambda: np.int64(self.at))
        self.at = 0


@pytest.fixture
def run(tmp_path):
    """Trains for a while: k at each hundredth step is written as `MetricsLog` does, and shown to a new alarm."""
    metrics, alarms = tmp_path / "metrics.jsonl", tmp_path / "alarms.jsonl"

    def trained(trace, start=0):
        alarm, model = callbacks.CollapseAlarm(metrics, alarms), Model()
        model.at = start
        alarm.set_model(model)
        alarm.on_train_begin()
        for number, k in enumerate(trace):
            model.at = start + 100 * (number + 1)
            with open(metrics, "a") as file:
                file.write(json.dumps({"step": model.at, "k": k}) + "\n")
            alarm.on_epoch_end(number, {"k": k})
        return read_lines(alarms) if alarms.exists() else []

    return trained


def test_a_drop_is_noted_once(run, capsys):
    noted = run([0.0, 0.1, 0.3, 0.29, 0.14, 0.1, 0.05])
    assert noted == [{"step": 500, "k": 0.14, "highest": 0.3}]
    assert "Step 500: k fell to 0.1400 from 0.3000, which precedes a collapse" in capsys.readouterr().err


def test_a_second_drop_is_noted_again(run):
    assert [line["step"] for line in run([0.1, 0.04, 0.2, 0.05])] == [200, 400]


def test_no_alarm_where_k_rises_or_stays_small(run, capsys):
    assert run([0.01, 0.0, 0.02, 0.001, 0.1, 0.2, 0.15]) == []
    assert capsys.readouterr().err == ""


def test_a_resumed_run_knows_the_trace(run):
    run([0.1, 0.3])
    assert run([0.1], start=200) == [{"step": 300, "k": 0.1, "highest": 0.3}]


def test_a_resumed_run_does_not_repeat_a_drop(run):
    assert len(run([0.3, 0.1])) == 1
    assert [line["step"] for line in run([0.1, 0.1], start=200)] == [200]


def test_lines_beyond_the_step_of_a_resumed_run_are_cut_off(run):
    run([0.3, 0.3, 0.1])
    assert run([], start=200) == []
