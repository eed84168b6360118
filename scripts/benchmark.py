"""Times recipes: a step through `fit` and by hand, compilation, memory, and the share of what the machine can do.

Each recipe has a process of its own, in which `fit` and a graph of nothing but the model's steps take turns, since
other work on the machine only slows. `scripts/benchmarks` has a step of each system that is written by hand to the last
line: --by_hand times these, each beside `fit` in one process, and --torch their twins in PyTorch.
"""

import itertools
import json
import pathlib
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

from absl import flags

from tfgans import recipes
from tfgans.cli import _app

# The papers lie in the checkout and are not installed.
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))

_BY_HAND = pathlib.Path(__file__).with_name("benchmarks")
_MATRIX = 2_048
_SMALL = ("cwgan/digits", "logan/ring8", "began_cs/digits", "avae/digits", "xgan/digits")

FLAGS = flags.FLAGS


def define_flags() -> None:
    """The command's flags."""
    flags.DEFINE_multi_string("recipe", list(_SMALL), "What to time, SYSTEM/DATA; may be repeated.")
    flags.DEFINE_string("preset", "small", "The recipes' preset: paper, code or small.")
    flags.DEFINE_multi_string("set", [], "A field of the recipes, as name=value; may be repeated.")
    flags.DEFINE_integer("steps", 20, "Steps in a turn.", lower_bound=1)
    flags.DEFINE_integer("turns", 5, "Turns of each way to take them.", lower_bound=1)
    flags.DEFINE_bool("xla", False, "Compiles the steps with XLA.")
    flags.DEFINE_bool("fake_data", False, "Takes noise of the right shape in place of the data set.")
    flags.DEFINE_bool("by_hand", False, "Times the steps of scripts/benchmarks, written by hand, in place of recipes.")
    flags.DEFINE_string("torch", None, "A Python that has torch and absl, which runs their twins; with --by_hand.")
    flags.DEFINE_string("out", None, "File of JSON for all lines.")
    _app.define_data_flags()


def main() -> None:
    """Measures, prints lines of JSON as they come, and a table at the end."""
    from papers.frame import markdown_table
    from tfgans._files import write_json

    out = None if FLAGS.out is None else _app.output_path(FLAGS.out, (".json",))
    of_recipes = [name for name in ("recipe", "preset", "set", "steps", "xla", "fake_data") if FLAGS[name].present]
    if FLAGS.by_hand and of_recipes:
        raise ValueError(f"--by_hand times no recipes; received --{', --'.join(of_recipes)}.")
    if FLAGS.torch and not FLAGS.by_hand:
        raise ValueError("--torch runs the twins of --by_hand, which is not there.")
    lines = []
    for line in _by_hand() if FLAGS.by_hand else _of_recipes():
        print(json.dumps(line), flush=True)
        lines.append(line)
    print(markdown_table(list(lines[0]), [[str(value) for value in line.values()] for line in lines]))
    if out is not None:
        write_json(out, lines)


def _of_recipes() -> Iterator[dict[str, Any]]:
    """A line for each recipe."""
    from papers.paper_scale import alone

    for recipe in [recipes.get(name, FLAGS.preset).override(FLAGS.set) for name in FLAGS.recipe]:
        source = {"data_dir": FLAGS.data_dir, "download": FLAGS.download}
        found = alone(measure, recipe, FLAGS.steps, FLAGS.turns, FLAGS.xla, FLAGS.fake_data, source)
        if found is None:
            raise ValueError(f"{recipe.name} {recipe.preset} ended before it was measured; memory may not hold it.")
        yield found


def measure(
    recipe: recipes.Recipe, steps: int, turns: int, xla: bool, fake_data: bool, source: Mapping[str, Any]
) -> dict[str, Any]:
    """What a step of a recipe takes, in this process.

    Args:
        recipe: The recipe.
        steps: Steps in a turn.
        turns: Turns of each way.
        xla: Whether XLA compiles the steps.
        fake_data: Whether to take noise in place of the data set.
        source: `data_dir` and `download`, as of `training.load_data`.

    Returns:
        `recipe`; `seconds_a_step` through `fit` and `seconds_a_graph_step`, medians; `fit_over_graph`, the ratio of
        their rates; `seconds_to_compile`, of the first step; `gigabytes`, most memory of the process;
        `gigaflops_a_step`, what TensorFlow counts; and `share_of_matrix_rate`, of what a product of matrices reaches.
    """
    import resource

    import keras
    import tensorflow as tf

    from papers.paper_scale import generated_data
    from tfgans import training
    from tfgans.training.execution import Execution
    from tfgans.training.preparation import build_for_timing

    train = generated_data(recipe) if fake_data else training.load_data(recipe, None, **source)[1]
    model = build_for_timing(recipe, train)
    at_once = recipe.steps_per_execution
    # Two calls at least: a step lasts from the end of one to the end of the next, without the start of `fit`.
    steps = at_once * max(2, steps // at_once)
    Execution(model, xla).take_at_once(at_once)
    batches = train.batches(recipe.batch_size)

    def fit() -> list[float]:
        ends: list[float] = []
        note = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: ends.append(time.monotonic()))
        model.fit(batches, steps_per_epoch=steps, verbose=0, callbacks=[note])
        return ends

    iterator = iter(model._step_batches(batches))
    one = tf.function(model.train_step, jit_compile=xla)

    @tf.function
    def take() -> None:
        for _ in tf.range(at_once):
            one(next(iterator))

    def graph() -> list[float]:
        ends = []
        for _ in range(steps // at_once):
            take()
            model.step.numpy()
            ends.append(time.monotonic())
        return ends

    began = time.monotonic()
    model.fit(batches, steps_per_epoch=at_once, verbose=0)
    first = time.monotonic() - began
    graph()
    times: dict[str, list[float]] = {"fit": [], "graph": []}
    for _ in range(turns):
        for name, run in (("fit", fit), ("graph", graph)):
            ends = run()
            times[name] += [(end - start) / at_once for start, end in itertools.pairwise(ends)]
    median = {name: statistics.median(values) for name, values in times.items()}
    work = _flops(tf.function(model.train_step).get_concrete_function(next(iterator)).graph)
    return {
        "recipe": f"{recipe.name} {recipe.preset}",
        "xla": xla,
        "precision": recipe.precision,
        "seconds_a_step": _rounded(median["fit"]),
        "seconds_a_graph_step": _rounded(median["graph"]),
        "fit_over_graph": _rounded(median["graph"] / median["fit"]),
        "seconds_to_compile": _rounded(first - at_once * median["fit"]),
        "gigabytes": _rounded(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20),
        "gigaflops_a_step": _rounded(work / 1e9),
        "share_of_matrix_rate": _rounded(work / median["fit"] / _matrix_rate()),
    }


def _flops(graph: "tf.Graph") -> int:  # noqa: F821
    """Floating-point operations that TensorFlow counts in a graph."""
    import tensorflow as tf

    profiler = tf.compat.v1.profiler
    options = profiler.ProfileOptionBuilder(profiler.ProfileOptionBuilder.float_operation()).with_empty_output()
    return profiler.profile(graph, options=options.build()).total_float_ops


def _matrix_rate(turns: int = 5) -> float:
    """Floating-point operations a second of a product of large matrices, at best."""
    import tensorflow as tf

    matrix = tf.random.normal([_MATRIX, _MATRIX])
    product = tf.function(lambda: tf.reduce_sum(matrix @ matrix))
    product()
    best = float("inf")
    for _ in range(turns):
        began = time.monotonic()
        product().numpy()
        best = min(best, time.monotonic() - began)
    return 2 * _MATRIX**3 / best


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")


def _by_hand() -> Iterator[dict[str, Any]]:
    """Lines of the steps that are written by hand, and of their twins, whose rates `fit` is held against."""
    for program in sorted(_BY_HAND.glob("*_step.py")):
        ours = _lines_of(sys.executable, program)
        yield from ours
        if FLAGS.torch is None:
            continue
        (theirs,) = _lines_of(FLAGS.torch, program.with_name(f"{program.stem}_torch.py"))
        yield theirs
        (fit,) = (line for line in ours if line["name"].endswith(", fit") and line["unit"] == "steps/s")
        yield {**fit, "value": _rounded(fit["value"] / theirs["value"]), "unit": "ratio", "against": "PyTorch"}


def _lines_of(python: str, program: pathlib.Path) -> list[dict[str, Any]]:
    command = [python, program, f"--turns={FLAGS.turns}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError(f"{python} {program.name} failed: {done.stderr.splitlines()[-1]}")
    return [json.loads(line) for line in done.stdout.splitlines() if re.match(r"\{.*\}$", line)]


if __name__ == "__main__":
    _app.run(define_flags, main)
