import json
import pathlib
import subprocess
import sys

import pytest

SCRIPT = pathlib.Path(__file__).parents[2] / "scripts" / "benchmark.py"


def benchmark(*arguments):
    return subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=False)


def test_a_recipe_on_noise(tmp_path):
    out = tmp_path / "found.json"
    done = benchmark("--recipe=cwgan/digits", "--fake_data", "--steps=1", "--turns=1", f"--out={out}")
    assert done.returncode == 0, done.stderr
    (line,) = json.loads(out.read_text())
    assert line["recipe"] == "cwgan/digits small"
    assert line["fit_over_graph"] == pytest.approx(line["seconds_a_graph_step"] / line["seconds_a_step"], rel=0.02)
    assert 0 < line["share_of_matrix_rate"] < 1
    assert line["gigabytes"] > 0.1
    assert done.stdout.splitlines()[-1].startswith("| cwgan/digits small | False | float32 |")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--by_hand", "--recipe=cwgan/digits"], "--by_hand times no recipes; received --recipe"),
        (["--torch=python"], "--torch runs the twins of --by_hand"),
        (["--recipe=no/such"], "There is no recipe 'no/such'"),
        (["--out=found.txt"], "found.txt"),
    ],
)
def test_refuses_what_does_not_go_together(arguments, message):
    done = benchmark(*arguments)
    assert done.returncode != 0
    assert message in done.stderr
    assert "Traceback" not in done.stderr
