"""The XLA program of a recipe's step, with its arguments and results, for other runtimes."""

import hashlib
import pathlib
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import tensorflow as tf

    from tfgans.recipes import Recipe

# Adam divides by the root of its second moment, which has no digits before the first steps.
_STEPS_BEFORE = 3
_TYPES = {"f32": "float32", "f64": "float64", "bf16": "bfloat16", "f16": "float16", "i1": "bool"}


def emit(recipe: "Recipe", folder: pathlib.Path) -> dict[str, Any]:
    """Writes the program of a step on noise as StableHLO, and what TensorFlow computes with it.

    The noise of the step is drawn inside of the program, by XLA's Philox generator.

    Args:
        recipe: The recipe.
        folder: Folder of the files, which exists.

    Returns:
        The entry of the index. `program`, `arguments` and `results` are files. `argument_names` and `result_names` are
        in the order of the program. The arrays of the `.npz` files have their numbers. `updates` has, for each result
        from the first variable on, the number of the argument that it replaces in the next step. `digest` is the
        SHA-256 of all results, and `norms` are their Euclidean norms.

    Raises:
        ValueError: If the program does not take and return what it was expected to.
    """
    import numpy as np
    import tensorflow as tf

    from papers.paper_scale import generated_data
    from tfgans.training.preparation import build_for_timing

    train = generated_data(recipe)
    model = build_for_timing(recipe, train)
    batches = iter(model._step_batches(train.batches(recipe.batch_size), replicas=1))
    step = tf.function(model.train_step, jit_compile=True)
    for _ in range(_STEPS_BEFORE):
        step(next(batches))
    batch = next(batches)
    names, arguments = _arguments(step.get_concrete_function(batch), batch, model)
    program, aliases = (step.experimental_get_compiler_ir(batch)(stage=stage) for stage in ("stablehlo", "hlo"))
    updates = dict(re.findall(r"\{(\d+)\}: \((\d+), \{\}, may-alias\)", aliases.partition("\n")[0]))
    taken, returned = _signature(program)
    expected = [(tuple(value.shape), value.dtype.name) for value in (argument.numpy() for argument in arguments)]
    if taken != expected:
        raise ValueError(f"The program of {recipe.name} takes {taken}; expected {expected}.")
    before = [argument.numpy() for argument in arguments]
    logs = step(batch)
    results = [value.numpy() for value in tf.nest.flatten(logs)]
    result_names = [f"log/{name}" for name in sorted(logs)]
    for number in sorted(updates, key=int):
        result_names.append(names[int(updates[number])])
        results.append(arguments[int(updates[number])].numpy())
    if returned != [(value.shape, value.dtype.name) for value in results]:
        raise ValueError(f"The program of {recipe.name} returns {returned}; expected {result_names}.")
    stem = f"{recipe.name.replace('/', '_')}_{recipe.preset}"
    (folder / f"{stem}.mlir").write_text(program, encoding="utf-8")
    for kind, arrays in (("arguments", before), ("results", results)):
        np.savez(folder / f"{stem}_{kind}.npz", **{str(number): array for number, array in enumerate(arrays)})
    return {
        "recipe": f"{recipe.name} {recipe.preset}",
        "program": f"{stem}.mlir",
        "arguments": f"{stem}_arguments.npz",
        "results": f"{stem}_results.npz",
        "argument_names": names,
        "result_names": result_names,
        "updates": {number: int(argument) for number, argument in updates.items()},
        "digest": hashlib.sha256(b"".join(result.tobytes() for result in results)).hexdigest(),
        "norms": [float(np.linalg.norm(result)) for result in results],
    }


def _arguments(
    concrete: "tf.types.experimental.ConcreteFunction", batch: "dict[str, tf.Tensor]", model: Any
) -> tuple[list[str], list[Any]]:
    """Names and values of the batch and of what the step captures, in the order of the program."""
    variables = [*model.weights, *model.logged_means.variables]
    variables += [variable for optimizer in model.optimizers.values() for variable in optimizer.variables]
    by_handle = {id(variable.value.handle): variable for variable in variables}
    names, values = [f"batch/{name}" for name in sorted(batch)], [batch[name] for name in sorted(batch)]
    for number, captured in enumerate(concrete.captured_inputs):
        variable = by_handle.get(id(captured))
        names.append(f"constant/{number}" if variable is None else variable.path)
        values.append(captured if variable is None else variable)
    return names, values


def _signature(program: str) -> tuple[list[tuple[tuple[int, ...], str]], list[tuple[tuple[int, ...], str]]]:
    """Shapes and types of the arguments and of the results of a program."""
    (main,) = re.findall(r"^ *func\.func (?:public )?@main\(.*$", program, re.MULTILINE)
    arguments, _, results = main.partition("->")
    return _tensors(arguments), _tensors(results)


def _tensors(text: str) -> list[tuple[tuple[int, ...], str]]:
    parts = [tensor.split("x") for tensor in re.findall(r"tensor<([^>]*)>", text)]
    return [(tuple(map(int, shape)), _TYPES.get(kind) or kind.replace("i", "int")) for *shape, kind in parts]
