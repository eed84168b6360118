"""Runs the programs that `benchmark.py --emit=FOLDER` stored by JAX, and compares their results with TensorFlow's.

It needs another environment: `pip install jax absl-py numpy`. It prints a line of JSON for each program, and fails if
a result differs by more than the tolerance.
"""

import json
import pathlib
import time
from typing import Any

import jax
import numpy as np
from absl import app, flags
from jax.extend.backend import get_backend
from jax.extend.mlir import ir
from jax.interpreters import mlir
from jaxlib import xla_client

FLAGS = flags.FLAGS
flags.DEFINE_string("folder", None, "Folder that --emit wrote.", required=True)
flags.DEFINE_float("tolerance", 1e-4, "Largest distance of a result from TensorFlow's, as a share of its norm.")
flags.DEFINE_integer("steps", 20, "Steps in a turn.", lower_bound=1)
flags.DEFINE_integer("turns", 3, "Turns; the best one counts.", lower_bound=1)


def main(argv: list[str]) -> None:
    """Runs all programs, and prints how far their results are from those of TensorFlow."""
    # TensorFlow's steps count in 64 bits.
    jax.config.update("jax_enable_x64", True)
    folder = pathlib.Path(FLAGS.folder)
    lines = [measure(folder, entry) for entry in json.loads((folder / "index.json").read_text())]
    far = [line["recipe"] for line in lines if not line["largest_difference"] <= FLAGS.tolerance]
    if far:
        raise SystemExit(f"Error: Results of {', '.join(far)} differ by more than {FLAGS.tolerance}.")


def measure(folder: pathlib.Path, entry: dict[str, Any]) -> dict[str, Any]:
    """Runs the program of an entry of the index, and prints its line."""
    program = compiled((folder / entry["program"]).read_text())
    arguments, expected = (numbered(folder / entry[kind]) for kind in ("arguments", "results"))
    buffers = [jax.device_put(argument) for argument in arguments]

    def step() -> list[jax.Array]:
        # A program may write a new state over the old one, so that the next step takes the new one.
        results = program.execute_sharded(buffers).disassemble_into_single_device_arrays()
        results = [parts[0] for parts in results]
        for result, argument in entry["updates"].items():
            buffers[argument] = results[int(result)]
        return results

    differences = [distance(np.asarray(result), value) for result, value in zip(step(), expected, strict=True)]
    worst = int(np.argmax(differences))
    rates = []
    for _ in range(FLAGS.turns):
        began = time.monotonic()
        for _ in range(FLAGS.steps):
            results = step()
        jax.block_until_ready(results)
        rates.append(FLAGS.steps / (time.monotonic() - began))
    line = {
        "recipe": entry["recipe"],
        "results": len(expected),
        "largest_difference": float(f"{differences[worst]:.3g}"),
        "of": entry["result_names"][worst],
        "steps_a_second": float(f"{max(rates):.3g}"),
    }
    print(json.dumps(line), flush=True)
    return line


def compiled(text: str) -> Any:
    """Compiles a program for the first device."""
    with mlir.make_ir_context():
        module = ir.Module.parse(text)
        devices = xla_client.DeviceList(tuple(get_backend().devices()[:1]))
        return get_backend().compile_and_load(module, devices, xla_client.CompileOptions())


def numbered(path: pathlib.Path) -> list[np.ndarray]:
    """The arrays of a file in the order of their numbers."""
    with np.load(path) as arrays:
        return [arrays[str(number)] for number in range(len(arrays))]


def distance(result: np.ndarray, expected: np.ndarray) -> float:
    """Distance of a result from the expected one, as a share of the norm of the expected one."""
    difference = np.linalg.norm(result.astype(np.float64) - expected.astype(np.float64))
    norm = np.linalg.norm(expected.astype(np.float64))
    return float(difference / norm) if norm else float(difference)


if __name__ == "__main__":
    app.run(main)
