"""Trains a recipe: `python scripts/train.py`, or `tfgans-train`."""

import dataclasses
import json
import typing

from absl import flags

from tfgans import recipes
from tfgans.cli import _app

FLAGS = flags.FLAGS


def define_flags() -> None:
    """The command's flags."""
    flags.DEFINE_string("recipe", "cwgan/digits", "What to train, SYSTEM/DATA; --list shows all.")
    flags.DEFINE_string(
        "preset", "small", "The recipe's preset: paper, code (the authors' code) or small (CPU minutes)."
    )
    flags.DEFINE_multi_string("set", [], "A field of the recipe, as name=value; may be repeated.")
    flags.DEFINE_integer("steps", None, "Length of the run in generator updates, in place of the recipe's.")
    flags.DEFINE_integer("seed", None, "Seed of weights, order of the data and noise, in place of the recipe's.")
    flags.DEFINE_enum(
        "precision",
        None,
        list(typing.get_args(recipes.Precision)),
        "What layers compute in, in place of the recipe's; variables and losses stay float32.",
    )
    flags.DEFINE_enum(
        "strategy",
        "default",
        ["default", "mirrored", "multi_worker"],
        "Where to train: default, all GPUs of this machine where there are several; mirrored, all devices of this "
        "machine; multi_worker, the machines that TF_CONFIG names, of which the chief writes.",
    )
    flags.DEFINE_enum(
        "xla",
        "auto",
        ["on", "off", "auto"],
        "Whether XLA compiles the steps. auto: off on CPUs, where BEGAN-CS and AVAE gain by it and cWGAN "
        "loses most, and on several replicas, where TensorFlow cannot; on on one GPU, which is not measured.",
    )
    flags.DEFINE_string("data", None, "Data in place of the recipe's: folder:PATH, npz:FILE, or a name.")
    flags.DEFINE_string("workdir", None, "Folder of the run; by default runs/RECIPE/SEED. A run there is resumed.")
    flags.DEFINE_string("init_from", None, "Folder of another run whose networks the weights start from.")
    _app.define_data_flags()
    flags.DEFINE_bool("list", False, "Lists recipes and presets, and exits.")
    flags.DEFINE_bool("dry_run", False, "Prints the whole recipe, and exits.")


def main() -> None:
    """Trains, and prints where everything is."""
    if FLAGS.list:
        for name in recipes.names():
            print(f"{name}: {', '.join(recipes.presets(name))}")
        return
    recipe = recipes.get(FLAGS.recipe, FLAGS.preset).override(FLAGS.set)
    given = {
        name: FLAGS[name].value
        for name in ("data", "steps", "seed", "precision", "init_from")
        if FLAGS[name].value is not None
    }
    recipe = dataclasses.replace(recipe, **given)
    if FLAGS.dry_run:
        print(json.dumps(recipe.to_dict(), indent=2))
        return

    from tfgans import training

    strategy = training.strategy_of(FLAGS.strategy)
    xla = {"on": True, "off": False, "auto": None}[FLAGS.xla]
    source = {"data_dir": FLAGS.data_dir, "download": FLAGS.download}
    result = training.run(recipe, FLAGS.workdir, strategy=strategy, xla=xla, **source)
    if result is None:
        print("This machine is done; the chief writes.")
        return
    for score in result.scores:
        print(f"{score['metric']}: {score['value']:.4f} +- {score['spread']:.4f}")
    print(f"samples: {result.grid}")
    print(f"scores: {result.scores_file}")
    print(f"SavedModel: {result.saved_model}")


def run() -> None:
    """Entry point."""
    _app.run(define_flags, main)
