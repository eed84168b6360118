"""The papers at their own scale: the cost of each recipe, and two steps that show that it runs."""

import concurrent.futures
import multiprocessing
import os
import pathlib
import resource
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import tqdm

from papers.frame import end_children
from papers.paper import Exhibit, Paper
from tfgans import recipes
from tfgans._errors import NonFiniteError
from tfgans._files import changing, package_versions, read_json, write_json
from tfgans._startup import load_tensorflow
from tfgans.recipes import Recipe

if TYPE_CHECKING:
    from tfgans.data import ImageSet, ToyWorld

_MEMORY = 24 * 2**30
_STEPS = 2
# Generated images are enough for some batches, and for the neighbours of a bank of codes.
_LEAST_IMAGES = 240


def recipe_of(text: str) -> Recipe:
    """Returns the recipe of an exhibit's text: preset `paper` of the name, with the fields that follow it.

    Raises:
        ValueError: If there is no such recipe, or it has no such field.
    """
    name, *changes = text.split()
    return recipes.get(name, "paper").override(changes)


def without_scores(text: str) -> str:
    """Removes the fields of scores from a recipe's text: texts that differ only in these are one run."""
    name, *changes = text.split()
    return " ".join([name, *(change for change in changes if not change.startswith("score_"))])


def recipes_of(paper: Paper, every: bool) -> list[str]:
    """Returns the runs of a paper at its own scale, as texts of their recipes.

    Args:
        paper: The paper.
        every: Whether to add the recipes of the paper's systems that belong to no exhibit.
    """
    needed = [without_scores(text) for exhibit in paper.exhibits for text in exhibit.recipes]
    module = getattr(recipes, paper.name, None) if every else None
    others = [recipe.name for recipe in module.RECIPES if recipe.preset == "paper"] if module else []
    return list(dict.fromkeys([*needed, *others]))


def costs_file(papers: pathlib.Path) -> pathlib.Path:
    """Returns the path of the costs that `take_two_steps` stores, in the folder of the papers."""
    return papers / "paper_scale.json"


def read_costs(papers: pathlib.Path) -> dict[str, dict[str, Any]]:
    """Returns the stored costs by recipe; empty if there is no file."""
    path = costs_file(papers)
    return read_json(path)["recipes"] if path.exists() else {}


def describe_costs(chosen: Iterable[Paper], papers: pathlib.Path) -> Iterator[str]:
    """Yields lines on the cost at the papers' scale: for each exhibit, each of its recipes, and in all.

    Args:
        chosen: Papers, possibly with some of their items only.
        papers: Folder of the papers.
    """
    costs, texts = read_costs(papers), set()
    for paper in chosen:
        for exhibit in paper.exhibits:
            yield f"{paper.name}, {exhibit.name}: {need(exhibit)}"
            yield from (f"  {text}: {cost(text, costs.get(without_scores(text)))}" for text in exhibit.recipes)
            texts |= set(map(without_scores, exhibit.recipes))
    measured = [text for text in texts if text in costs]
    seconds = sum(recipe_of(text).steps * _seconds_a_step(text, costs[text]) for text in measured)
    yield (
        f"{len(texts)} runs with one seed; the steps of the {len(measured)} that were measured take "
        f"{duration(seconds)} in all. Scores, and training before a system's first step, take additional time."
    )


def need(exhibit: Exhibit) -> str:
    """Returns an exhibit's needs at the paper's scale, in words."""
    return {"CPU": "any machine", "GPU": "needs GPU", "data": "needs data"}[exhibit.needs]


def cost(text: str, measured: Mapping[str, Any] | None) -> str:
    """Returns steps and images of a run as text, and its parameters and time if they were measured."""
    recipe = recipe_of(text)
    updates = getattr(recipe, "n_critic", 1)
    plan = f"{recipe.steps:,} steps, {recipe.steps * updates * recipe.batch_size:,} images"
    if measured is None:
        return f"{plan}, not measured"
    seconds = _seconds_a_step(text, measured)
    return (
        f"{plan}, {measured['parameters']:,} parameters, {seconds:.3g} s a step on {measured['cores']} cores: "
        f"{duration(recipe.steps * seconds)}"
    )


def _seconds_a_step(text: str, measured: Mapping[str, Any]) -> float:
    """Seconds per step of the whole batch, extrapolated if a part of the batch was measured."""
    return measured["seconds_a_step"] * recipe_of(text).batch_size / measured["batch_size"]


def duration(seconds: float) -> str:
    """Returns a time in its two largest units, as text."""
    for name, size, part, smaller in (("d", 86_400, "h", 3_600), ("h", 3_600, "min", 60), ("min", 60, "s", 1)):
        if seconds >= size:
            return f"{int(seconds // size)} {name} {int(seconds % size // smaller)} {part}"
    return f"{seconds:.0f} s"


def take_two_steps(texts: list[str], papers: pathlib.Path) -> list[str]:
    """Takes two steps of each recipe on generated data, each in its own process, and stores their cost.

    A recipe has 24 GB of memory, or all memory of the machine if that is less. If its batch does not fit, the batch
    is halved until it does. Networks keep their width.

    Args:
        texts: Recipes, as an exhibit has them.
        papers: Folder of the papers.

    Returns:
        A line for each recipe, with its cost.

    Raises:
        ValueError: If there are no recipes.
        RuntimeError: If a recipe cannot take two steps, after the others are stored.
    """
    if not texts:
        raise ValueError("None of these items belongs to a table or figure of a paper, so there is no recipe to try.")
    lines, failures = [], []
    for text in tqdm.tqdm(texts, desc="two steps", unit="recipe"):
        try:
            measured = _measured(text)
        except Exception as error:  # The other recipes can still run.
            failures.append(f"{text}: {error!r}.")
            continue
        papers.mkdir(parents=True, exist_ok=True)
        with changing(costs_file(papers)):
            costs = {**read_costs(papers), text: measured}
            write_json(costs_file(papers), {"versions": package_versions(), "recipes": costs})
        lines.append(f"{text}: {cost(text, measured)}, batches of {measured['batch_size']}")
    if failures:
        raise RuntimeError(" ".join(failures))
    return lines


def _measured(text: str) -> dict[str, Any]:
    """Measures the cost of two steps with the largest batch that fits into memory."""
    batch_size = recipe_of(text).batch_size
    while batch_size:
        if (measured := alone(two_steps, text, batch_size)) is not None:
            return measured
        tqdm.tqdm.write(f"{text}: batches of {batch_size} do not fit into memory, or the process ended; trying half.")
        batch_size //= 2
    raise RuntimeError("a batch of one image does not fit into memory, or the process ended for another reason")


def alone(function: Callable[..., Any], *arguments: Any) -> Any:
    """Calls a function in its own process with limited memory.

    Returns:
        The function's value, or None if memory is too small or the process ended.
    """
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, context, _begin) as pool:
        try:
            return pool.submit(function, *arguments).result()
        except (MemoryError, concurrent.futures.process.BrokenProcessPool):
            return None
        except KeyboardInterrupt:
            end_children()
            raise


def _begin() -> None:
    """Makes an allocation beyond the limit fail in this process, and loads TensorFlow without the noise of its start.

    Without the limit the machine would end some process.
    """
    physical = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limit = min(_MEMORY, physical)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    load_tensorflow(announced=False)


def two_steps(text: str, batch_size: int) -> dict[str, Any]:
    """Takes two steps on generated data.

    If the recipe trains an image classifier before its first step, that classifier stays untrained here.

    Args:
        text: The recipe, as an exhibit has it.
        batch_size: Images in a batch.

    Returns:
        `batch_size`, trainable `parameters` of all players, `seconds_a_step` of the second step, peak memory in
        `gigabytes`, and `cores`.

    Raises:
        MemoryError: If memory is too small.
        NonFiniteError: If a loss is NaN or Inf.
    """
    import keras
    import tensorflow as tf

    from tfgans.training.preparation import build_for_timing

    recipe = recipe_of(text).override([f"batch_size={batch_size}"])
    images, ends = generated_data(recipe), []
    note = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: ends.append(time.monotonic()))
    try:
        model = build_for_timing(recipe, images)
        model.fit(images.batches(batch_size), steps_per_epoch=_STEPS, verbose=0, callbacks=[note])
    except tf.errors.ResourceExhaustedError as error:
        raise MemoryError(f"{text} with batches of {batch_size}") from error
    if (step := int(model.nonfinite_step.numpy())) >= 0:
        raise NonFiniteError(step, list(model.log_names))
    variables = [variable for player in model.players for variable in getattr(model, player).trainable_variables]
    return {
        "batch_size": batch_size,
        "parameters": sum(variable.shape.num_elements() for variable in variables),
        "seconds_a_step": round(ends[-1] - ends[-2], 4),
        "gigabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 1),
        "cores": os.cpu_count(),
    }


def generated_data(recipe: Recipe) -> "ImageSet | ToyWorld":
    """Returns noise of a recipe's shapes and labels; a toy world generates its own points."""
    import numpy as np

    from tfgans import data

    if len(recipe.image_shape) == 1:
        return data.load_split(recipe.data)
    random = np.random.default_rng(recipe.seed)
    conditioning, size = recipe.takes_labels or ("class", 1)
    count = max(_LEAST_IMAGES, 2 * size, recipe.batch_size)
    images = random.integers(0, 256, (count, *recipe.image_shape), np.uint8)
    classes = np.arange(count, dtype=np.int32) % size
    labels = classes if conditioning == "class" else random.uniform(size=(count, size)).astype(np.float32)
    return data.ImageSet("generated", "train", images, labels, tuple(map(str, range(size))))
