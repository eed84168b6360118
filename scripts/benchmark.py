"""Times recipes: a step through `fit` and in a bare graph, compilation, memory, and the share of the machine's rate.

Each recipe has a process of its own, in which `fit` and a graph of nothing but the model's steps take turns, so that
other work on the machine slows both. `scripts/benchmarks` has a hand-written step of each system. --by_hand times these
beside `fit`, and --torch times the same steps in PyTorch. --device=gpu times each recipe in float32, TF32 and bfloat16,
without and with XLA. --emit stores the programs of the steps, for other runtimes.

    scripts/benchmark.py --recipe=logan/ring8 --out=speed.json
    scripts/benchmark.py --by_hand
"""

import dataclasses
import itertools
import json
import pathlib
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import _checkout  # noqa: F401
from absl import flags

from tfgans import recipes
from tfgans.cli import _app

if TYPE_CHECKING:
    import tensorflow as tf

_BY_HAND = pathlib.Path(__file__).resolve().with_name("benchmarks")
sys.path.append(str(_BY_HAND))
_MATRIX_SIZE = 2_048
# The numbers in which a device multiplies: the precision of the recipe, and whether float32 may become TF32.
_NUMBERS = {"float32": ("float32", False), "TF32": ("float32", True), "bfloat16": ("mixed_bfloat16", True)}
_TORCH_DEVICES = {"cpu": "cpu", "gpu": "cuda"}
_SMALL = ("cwgan/digits", "logan/ring8", "began_cs/digits", "avae/digits", "xgan/digits")

FLAGS = flags.FLAGS


def define_flags() -> None:
    """Defines the flags of the command."""
    flags.DEFINE_multi_string("recipe", list(_SMALL), "Recipe to time, SYSTEM/DATA")
    flags.DEFINE_string("preset", None, "Preset of the recipes: paper, code, small or hour; by default small.")
    flags.DEFINE_multi_string("set", [], "Field of the recipes to change, as name=value")
    flags.DEFINE_integer("steps", 20, "Steps in a turn.", lower_bound=1)
    flags.DEFINE_integer("turns", 5, "Turns of each way to take the steps.", lower_bound=1)
    flags.DEFINE_bool("xla", False, "Compiles the steps with XLA.")
    flags.DEFINE_enum(
        "device",
        None,
        ["cpu", "gpu"],
        "Times each recipe on this device in float32, TF32 and bfloat16, without and with XLA, and prints the commands "
        "that time PyTorch.",
    )
    flags.DEFINE_bool("fake_data", False, "Uses noise of the right shape in place of the data set.")
    flags.DEFINE_bool("by_hand", False, "Times the hand-written steps of scripts/benchmarks in place of recipes.")
    flags.DEFINE_string("torch", None, "Python with torch and absl, to time the same steps in PyTorch; with --by_hand.")
    flags.DEFINE_string("out", None, "JSON file for all lines.")
    flags.DEFINE_string(
        "emit",
        None,
        "Stores the XLA program of each recipe's step in this folder, with its arguments and results, in place of "
        "timing it. scripts/benchmarks/run_stablehlo_jax.py runs the programs by JAX.",
    )
    _app.define_data_flags()


def main() -> None:
    """Measures, prints each line of JSON when it is measured, and prints a table at the end."""
    from papers.frame import markdown_table
    from tfgans._files import write_json

    out = None if FLAGS.out is None else _app.output_path(FLAGS.out, (".json",))
    recipe_flags = ("recipe", "preset", "set", "steps", "xla", "fake_data", "device", "emit")
    given = [name for name in recipe_flags if FLAGS[name].present]
    if FLAGS.by_hand and given:
        raise ValueError(f"--by_hand times no recipes; received --{', --'.join(given)}.")
    if FLAGS.torch and not FLAGS.by_hand:
        raise ValueError(f"--torch needs --by_hand; received --torch={FLAGS.torch} alone.")
    if FLAGS.device and (FLAGS["xla"].present or FLAGS.emit):
        raise ValueError("--device times the recipes without and with XLA; leave out --xla and --emit.")
    if FLAGS.emit:
        _emit(pathlib.Path(FLAGS.emit))
        return
    lines = []
    ways = _time_by_hand() if FLAGS.by_hand else _time_on_device() if FLAGS.device else _time_recipes()
    for line in ways:
        print(json.dumps(line), flush=True)
        lines.append(line)
    print(markdown_table(list(lines[0]), [[str(value) for value in line.values()] for line in lines]))
    if FLAGS.device:
        print(
            "\n".join(["The same steps in `fit` and in PyTorch, where PYTHON has torch and absl:", *_twin_commands()])
        )
    if out is not None:
        write_json(out, lines)


def _recipes() -> list[recipes.Recipe]:
    return [recipes.get(name, FLAGS.preset).override(FLAGS.set) for name in FLAGS.recipe]


def _time_recipes() -> Iterator[dict[str, Any]]:
    source = {"data_dir": FLAGS.data_dir, "download": FLAGS.download}
    for recipe in _recipes():
        yield _alone(measure, recipe, FLAGS.steps, FLAGS.turns, FLAGS.xla, FLAGS.fake_data, source)


def _time_on_device() -> Iterator[dict[str, Any]]:
    """Times each recipe on the device in all numbers, without and with XLA."""
    import tensorflow as tf

    if FLAGS.device == "gpu" and not tf.config.list_physical_devices("GPU"):
        raise ValueError("TensorFlow finds no GPU here. The extra `cuda` installs its libraries.")
    source = {"data_dir": FLAGS.data_dir, "download": FLAGS.download}
    for recipe, numbers, xla in itertools.product(_recipes(), _NUMBERS, (False, True)):
        given = (recipe, FLAGS.steps, FLAGS.turns, xla, FLAGS.fake_data, source)
        yield _alone(measure_on_device, FLAGS.device, numbers, *given)


def _alone(function: Callable[..., Any], *arguments: Any) -> Any:
    """Calls a function, one of whose arguments is a recipe, in a process of its own."""
    from papers.paper_scale import alone

    if (line := alone(function, *arguments)) is None:
        (recipe,) = (argument for argument in arguments if isinstance(argument, recipes.Recipe))
        raise ValueError(
            f"The process of {recipe.name} {recipe.preset} ended before the measurement; it may need more memory."
        )
    return line


def _emit(folder: pathlib.Path) -> None:
    """Stores the programs of the recipes, and their index."""
    import _program

    from tfgans._files import write_json

    folder.mkdir(parents=True, exist_ok=True)
    index = []
    for recipe in _recipes():
        index.append(_alone(_program.emit, recipe, folder))
        print(folder / index[-1]["program"], flush=True)
    write_json(folder / "index.json", index)
    print(folder / "index.json")


def measure_on_device(
    device: str, numbers: str, recipe: recipes.Recipe, steps: int, turns: int, xla: bool, *given: Any
) -> dict[str, Any]:
    """Measures the rate of a recipe's step on a device.

    Args:
        device: `cpu` or `gpu`.
        numbers: A key of `_NUMBERS`.
        recipe: The recipe; its precision is replaced.
        steps: Steps in a turn.
        turns: Turns of `fit`, and of the bare graph.
        xla: Whether XLA compiles the steps.
        *given: `fake_data` and `source` of `measure`.

    Returns:
        `recipe`, `numbers` and `xla`; `steps_a_second` of `fit`, and `share_of_matrix_rate`, that of a product of
        matrices in the same numbers; and `failure`, the first line of TensorFlow's error if it cannot take the steps.
    """
    import tensorflow as tf

    from tfgans.training.execution import reason_of

    precision, tf32 = _NUMBERS[numbers]
    if device == "cpu":
        tf.config.set_visible_devices([], "GPU")
    tf.config.experimental.enable_tensor_float_32_execution(tf32)
    line = {"recipe": f"{recipe.name} {recipe.preset}", "numbers": numbers, "xla": xla}
    try:
        found = measure(dataclasses.replace(recipe, precision=precision), steps, turns, xla, *given)
    except tf.errors.OpError as error:
        return {**line, "steps_a_second": None, "share_of_matrix_rate": None, "failure": reason_of(error)}
    rate = _rounded(1 / found["seconds_a_step"])
    return {**line, "steps_a_second": rate, "share_of_matrix_rate": found["share_of_matrix_rate"], "failure": ""}


def _twin_commands() -> Iterator[str]:
    """Yields the commands that time the same steps in `fit` and in PyTorch."""
    for program in sorted(_BY_HAND.glob("*_step.py")):
        twin = f"PYTHON scripts/benchmarks/{program.stem}_torch.py --device={_TORCH_DEVICES[FLAGS.device]}"
        yield from (f"python scripts/benchmarks/{program.name}", twin, f"{twin} --compile")


def measure(
    recipe: recipes.Recipe, steps: int, turns: int, xla: bool, fake_data: bool, source: Mapping[str, Any]
) -> dict[str, Any]:
    """Measures the cost of a recipe's step in this process.

    Args:
        recipe: The recipe.
        steps: Steps in a turn.
        turns: Turns of `fit`, and of the bare graph.
        xla: Whether XLA compiles the steps.
        fake_data: Whether to use noise in place of the data set.
        source: `data_dir` and `download`, as in `training.load_data`.

    Returns:
        `recipe`, `xla` and `precision`, the rates of `rates`, and `gigabytes`, the most memory of the process.
    """
    import resource

    import keras
    import tensorflow as tf

    from papers.paper_scale import generated_data
    from tfgans import training
    from tfgans.training import execution
    from tfgans.training.preparation import build_for_timing

    train = generated_data(recipe) if fake_data else training.load_data(recipe, None, **source)[1]
    model = build_for_timing(recipe, train)
    at_once = execution.STEPS_A_CALL
    # A call lasts from the end of the one before to its own end, without the start of `fit`. So a turn needs two.
    calls = max(2, steps // at_once)
    execution.Execution(model, xla).divide(at_once)
    batches = train.batches(recipe.batch_size)

    def fit() -> list[float]:
        ends: list[float] = []
        clock = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: ends.append(time.monotonic()))
        model.fit(batches, steps_per_epoch=calls * at_once, verbose=0, callbacks=[clock])
        return ends

    iterator = iter(model._step_batches(batches, replicas=1))
    step = tf.function(model.train_step, jit_compile=xla)

    @tf.function
    def take_steps() -> None:
        for _ in tf.range(at_once):
            step(next(iterator))

    def graph() -> list[float]:
        ends = []
        for _ in range(calls):
            take_steps()
            model.step.numpy()
            ends.append(time.monotonic())
        return ends

    began = time.monotonic()
    model.fit(batches, steps_per_epoch=at_once, verbose=0)
    first_call = time.monotonic() - began
    graph()
    fit_turns, graph_turns = zip(*[(fit(), graph()) for _ in range(turns)], strict=True)
    flops = _flops(tf.function(model.train_step).get_concrete_function(next(iterator)).graph)
    return {
        "recipe": f"{recipe.name} {recipe.preset}",
        "xla": xla,
        "precision": recipe.precision,
        **rates(
            seconds_a_step(fit_turns, at_once),
            seconds_a_step(graph_turns, at_once),
            first_call=first_call,
            at_once=at_once,
            flops=flops,
            matrix_rate=matrix_rate(model.generator.compute_dtype),
        ),
        "gigabytes": _rounded(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20),
    }


def seconds_a_step(turns: Sequence[Sequence[float]], at_once: int) -> float:
    """Returns the median time of a step in seconds.

    Args:
        turns: For each turn, the times at which its calls of the graph ended, in seconds.
        at_once: Steps in a call.
    """
    calls = [end - start for ends in turns for start, end in itertools.pairwise(ends)]
    return statistics.median(calls) / at_once


def rates(
    fit: float, graph: float, *, first_call: float, at_once: int, flops: float, matrix_rate: float
) -> dict[str, float]:
    """Computes the rates of a recipe, to three digits.

    Args:
        fit: Seconds of a step through `fit`.
        graph: Seconds of a step in the bare graph.
        first_call: Seconds of the first call of the graph, with compilation.
        at_once: Steps in a call.
        flops: Floating-point operations of a step.
        matrix_rate: Floating-point operations a second in a product of matrices.

    Returns:
        `seconds_a_step` and `seconds_a_graph_step`; `fit_over_graph`, the ratio of their rates; `seconds_to_compile`;
        `gigaflops_a_step`; and `share_of_matrix_rate`, the ratio of the rate of a step to that of a product.
    """
    return {
        "seconds_a_step": _rounded(fit),
        "seconds_a_graph_step": _rounded(graph),
        "fit_over_graph": _rounded(graph / fit),
        "seconds_to_compile": _rounded(first_call - at_once * fit),
        "gigaflops_a_step": _rounded(flops / 1e9),
        "share_of_matrix_rate": _rounded(flops / fit / matrix_rate),
    }


def _flops(graph: "tf.Graph") -> int:
    """Counts the floating-point operations in a graph, by TensorFlow's profiler."""
    import tensorflow as tf

    profiler = tf.compat.v1.profiler
    options = profiler.ProfileOptionBuilder(profiler.ProfileOptionBuilder.float_operation()).with_empty_output()
    return profiler.profile(graph, options=options.build()).total_float_ops


def matrix_rate(dtype: str = "float32", turns: int = 5) -> float:
    """Measures the floating-point operations a second of a product of large matrices, in the best of several turns.

    Args:
        dtype: Type of the matrices.
        turns: Products that are timed.
    """
    import tensorflow as tf

    matrix = tf.cast(tf.random.normal([_MATRIX_SIZE, _MATRIX_SIZE]), dtype)
    product = tf.function(lambda: tf.reduce_sum(matrix @ matrix))
    product()
    best = float("inf")
    for _ in range(turns):
        began = time.monotonic()
        product().numpy()
        best = min(best, time.monotonic() - began)
    return 2 * _MATRIX_SIZE**3 / best


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")


def _time_by_hand() -> Iterator[dict[str, Any]]:
    """Times the hand-written steps, and with --torch those in PyTorch, to which it compares `fit`."""
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
        reason = (done.stderr.splitlines() or [f"it ended with {done.returncode}"])[-1]
        raise ValueError(f"{python} {program.name} failed: {reason}")
    return [json.loads(line) for line in done.stdout.splitlines() if re.match(r"\{.*\}$", line)]


if __name__ == "__main__":
    _app.run(define_flags, main)
