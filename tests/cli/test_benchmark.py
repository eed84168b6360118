import hashlib
import importlib.util
import json
import subprocess
import sys
import types

import numpy as np
import pytest
import tensorflow as tf
from short_runs import SCRIPTS, call, tiny, tiny_changes

from papers import paper_scale


def load(path):
    """A module of the scripts, which are not a package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def benchmark(monkeypatch):
    # A script finds the modules beside it.
    monkeypatch.syspath_prepend(SCRIPTS)
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
    monkeypatch.setattr(benchmark, "matrix_rate", lambda dtype: 1e6)
    monkeypatch.setattr("tfgans.training.execution.STEPS_A_CALL", 2)
    line = benchmark.measure(tiny("gan/ring8"), steps=4, turns=2, xla=False, fake_data=True, source={})
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


@pytest.fixture
def in_this_process(monkeypatch):
    """A process of their own would take the measurements seconds to start."""
    monkeypatch.setattr(paper_scale, "alone", lambda function, *arguments: function(*arguments))
    tf32 = tf.config.experimental.tensor_float_32_execution_enabled()
    yield
    tf.config.experimental.enable_tensor_float_32_execution(tf32)


TINY = ["--recipe=gan/ring8", *(f"--set={change}" for change in tiny_changes("gan/ring8"))]


@pytest.mark.usefixtures("in_this_process")
def test_the_table_of_a_device(benchmark, monkeypatch, capsys):
    """The table of a GPU, here of a CPU: all numbers, without and with XLA, and the commands beside it.

    A model takes the steps of one row alone.
    """
    original = benchmark.measure

    def measure(recipe, steps, turns, xla, *given):
        if (recipe.precision, xla) == ("mixed_bfloat16", True):
            return original(recipe, steps, turns, xla, *given)
        return {"seconds_a_step": 0.5, "share_of_matrix_rate": 0.1}

    monkeypatch.setattr(benchmark, "measure", measure)
    monkeypatch.setattr(benchmark, "_MATRIX_SIZE", 64)
    call(benchmark, "--device=cpu", "--steps=2", "--turns=1", "--fake_data", *TINY)
    lines = capsys.readouterr().out.splitlines()
    measured = [json.loads(line) for line in lines if line.startswith("{")]
    assert [(line["numbers"], line["xla"]) for line in measured] == [
        (numbers, xla) for numbers in ("float32", "TF32", "bfloat16") for xla in (False, True)
    ]
    assert all(line["steps_a_second"] > 0 and line["share_of_matrix_rate"] > 0 for line in measured)
    assert not any(line["failure"] for line in measured)
    assert "| recipe | numbers | xla | steps_a_second | share_of_matrix_rate | failure |" in lines
    assert "python scripts/benchmarks/logan_step.py" in lines
    assert "PYTHON scripts/benchmarks/began_step_torch.py --device=cpu --compile" in lines


@pytest.mark.usefixtures("in_this_process")
def test_what_a_device_cannot_take_is_named_in_its_row(benchmark, monkeypatch):
    def fail(*_):
        raise tf.errors.InternalError(None, None, "Graph execution error:\n\nptxas is too old for this chip\nat")

    monkeypatch.setattr(benchmark, "measure", fail)
    line = benchmark.measure_on_device("cpu", "bfloat16", tiny("gan/ring8"), 2, 1, True, True, {})
    assert line == {
        "recipe": "gan/ring8 small",
        "numbers": "bfloat16",
        "xla": True,
        "steps_a_second": None,
        "share_of_matrix_rate": None,
        "failure": "ptxas is too old for this chip",
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "small"),
    [
        ("avae", ["--pixels=8", "--filters=2"]),
        ("began", ["--pixels=8", "--filters=2"]),
        ("cwgan", ["--width=2"]),
        ("logan", []),
        ("xgan", ["--pixels=8", "--widths=2,2,2"]),
    ],
)
def test_a_step_by_hand_runs_beside_fit(program, small):
    """The programs call the models' constructors, and are in no other test."""
    steps = 50 if program == "logan" else 1
    command = [sys.executable, f"{program}_step.py", f"--steps={steps}", "--turns=1", *small]
    done = subprocess.run(command, cwd=SCRIPTS / "benchmarks", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    fit, by_hand, ratio = map(json.loads, done.stdout.splitlines())
    assert ratio["value"] == pytest.approx(fit["value"] / by_hand["value"], rel=0.01)


@pytest.mark.skipif(bool(tf.config.list_physical_devices("GPU")), reason="There is a GPU.")
def test_a_missing_gpu_is_an_error_of_one_line(benchmark):
    with pytest.raises(ValueError, match="TensorFlow finds no GPU here"):
        call(benchmark, "--device=gpu", *TINY)


@pytest.mark.usefixtures("in_this_process")
def test_stores_the_program_of_a_step(benchmark, tmp_path):
    """The index says which argument each result replaces: the weights of the model, and its step, which counts."""
    call(benchmark, f"--emit={tmp_path / 'programs'}", *TINY)
    (entry,) = json.loads((tmp_path / "programs" / "index.json").read_text())
    arguments, results = (np.load(tmp_path / "programs" / entry[kind]) for kind in ("arguments", "results"))
    assert len(arguments) == len(entry["argument_names"])
    assert len(results) == len(entry["result_names"]) == len(entry["norms"])
    replaced = {entry["argument_names"][number]: results[result] for result, number in entry["updates"].items()}
    before = {name: arguments[str(number)] for number, name in enumerate(entry["argument_names"])}
    (step,) = (name for name in replaced if name.endswith("/step") or name == "step")
    assert replaced[step] == before[step] + 1 == 4
    kernels = [name for name in replaced if name.endswith("kernel")]
    assert len(kernels) == 6
    for name in kernels:
        assert replaced[name].shape == before[name].shape
        assert np.any(replaced[name] != before[name])
    values = [results[str(number)] for number in range(len(results))]
    assert entry["digest"] == hashlib.sha256(b"".join(value.tobytes() for value in values)).hexdigest()
    assert entry["norms"] == pytest.approx([np.sqrt(np.sum(np.square(value, dtype=float))) for value in values])
    program = (tmp_path / "programs" / entry["program"]).read_text()
    assert "stablehlo.dot_general" in program
    # The noise is drawn inside of the program.
    assert "stablehlo.rng_bit_generator" in program


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
        (["--device=cpu", "--xla"], "--device times the recipes without and with XLA; leave out --xla and --emit"),
        (["--torch=python"], "--torch needs --by_hand"),
        (["--recipe=no/such"], "There is no recipe 'no/such'"),
        (["--out=found.txt"], "found.txt"),
    ],
)
def test_refuses_what_does_not_go_together(benchmark, arguments, message):
    with pytest.raises(ValueError, match=message):
        call(benchmark, *arguments)
