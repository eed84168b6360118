"""Trains a recipe, or on your own images: `python scripts/train.py`, or `tfgans-train`.

scripts/train.py --recipe=logan/ring8
scripts/train.py --data=folder:photos --steps=4000
"""

import contextlib
import json
import sys
import typing

from absl import flags

from tfgans import _profile, recipes
from tfgans._startup import load_tensorflow
from tfgans.cli import _app, _recipe

FLAGS = flags.FLAGS


def define_flags() -> None:
    """Defines the flags of the command."""
    _app.group("Recipe")
    flags.DEFINE_string(
        "recipe",
        "cwgan/digits",
        "Recipe to train, SYSTEM/DATA; --list shows all. Without it, a run in --workdir has its own, and images of "
        "--data get one that fits them.",
    )
    flags.DEFINE_string(
        "preset",
        None,
        "Preset of the recipe: paper, code (of the authors), small (minutes on two CPU cores) or hour (at most that on "
        "one core); by default small, or hour if there is no small one.",
    )
    flags.DEFINE_multi_string("set", [], "Field of the recipe to change, as name=value")
    flags.DEFINE_integer("steps", None, "Length of the run in generator updates, in place of the recipe's.")
    flags.DEFINE_integer("seed", None, "Seed of weights, noise and the order of the data, in place of the recipe's.")
    flags.DEFINE_enum(
        "precision",
        None,
        list(typing.get_args(recipes.Precision)),
        "Type that layers compute in, in place of the recipe's. Variables and losses stay float32.",
    )
    _app.group("Devices")
    flags.DEFINE_enum(
        "strategy",
        "default",
        ["default", "mirrored", "multi_worker"],
        "Devices to train on. default: all GPUs of this machine, or one device; mirrored: all devices of this machine; "
        "multi_worker: the machines in TF_CONFIG, of which only the chief writes files.",
    )
    flags.DEFINE_enum(
        "xla",
        "auto",
        ["on", "off", "auto"],
        "Whether XLA compiles the steps. auto turns it on for one GPU if a trial of one call succeeds there, and off "
        "otherwise; its speed on GPUs was not measured. On CPUs it makes BEGAN-CS and AVAE faster and cWGAN much "
        "slower. On several replicas TensorFlow does not support it.",
    )
    flags.DEFINE_bool(
        "tf32",
        True,
        "Whether GPUs may multiply float32 numbers as TF32, which is faster and keeps 10 of the 23 bits of a mantissa. "
        "It changes the numbers of a run on a GPU that has TF32, and nothing elsewhere.",
    )
    _app.group("Data and folders")
    flags.DEFINE_string(
        "data", None, "Data set in place of the recipe's: folder:PATH, npz:FILE, store:PATH, or the name of a data set."
    )
    flags.DEFINE_string(
        "workdir", None, "Folder of the run, by default runs/RECIPE/SEED. A run in it is resumed, with its own recipe."
    )
    flags.DEFINE_string("init_from", None, "Folder of another run whose weights the networks start from.")
    _app.define_data_flags()
    flags.DEFINE_bool(
        "check_data",
        False,
        "Reads every image of folder:PATH or store:PATH first, and names files that are damaged.",
    )
    flags.DEFINE_bool("profile", False, "Prints the time of each part of the command, and stores it in profile.json.")
    _app.group("Look before the run")
    _app.define_filter("list", "Lists the recipes, or those that contain a text, as in --list=logan, and exits.")
    flags.DEFINE_bool("dry_run", False, "Prints all fields of the recipe, checks its data, and exits.")


def main() -> None:
    """Trains the model, or does what `--list` or `--dry_run` asks for."""
    if FLAGS.list is not None:
        print(_recipe.listing(FLAGS.list))
        return
    recipe = _recipe.chosen()
    if FLAGS.check_data:
        if FLAGS.strategy == "multi_worker" and not FLAGS.dry_run:
            # Reading images starts TensorFlow, which would no longer wait for the other machines.
            raise ValueError("--check_data with --strategy=multi_worker needs --dry_run; train with another command.")
        _check_data(recipe)
    if FLAGS.dry_run:
        print(json.dumps(recipe.to_dict(), indent=2), flush=True)
        print(_recipe.described_data(recipe), file=sys.stderr)
        return

    with _profile.profiled() if FLAGS.profile else contextlib.nullcontext() as profile:
        try:
            _train(recipe)
        finally:
            if profile is not None:
                print(_profile.table(profile.rows()))


def _train(recipe: recipes.Recipe) -> None:
    """Trains the model, and prints its scores and the paths of its files."""
    with _profile.part("import"):
        load_tensorflow()
        import tensorflow as tf

        from tfgans import training

    tf.config.experimental.enable_tensor_float_32_execution(FLAGS.tf32)
    strategy = training.strategy_of(FLAGS.strategy)
    xla = {"on": True, "off": False, "auto": None}[FLAGS.xla]
    result = training.run(
        recipe, FLAGS.workdir, data_dir=FLAGS.data_dir, download=FLAGS.download, strategy=strategy, xla=xla
    )
    if result is None:
        print("This machine is done; the chief writes.")
        return
    for score in result.scores:
        print(f"{score['metric']}: {score['value']:.4f} +- {score['spread']:.4f}")
    print(f"samples: {result.grid}")
    print(f"scores: {result.scores_file}")
    print(f"SavedModel: {result.saved_model}")


def _check_data(recipe: recipes.Recipe) -> None:
    from tfgans import data

    kind, _, path = recipe.data.partition(":")
    if problems := data.unreadable_images(kind, path, recipe.image_shape):
        for problem in problems:
            print(problem, file=sys.stderr)
        raise ValueError(f"{len(problems)} images of {recipe.data} cannot be read; the lines above name them.")
    print(f"All images of {recipe.data} can be read.")


def run() -> None:
    """Runs the command."""
    _app.run(define_flags, main)
