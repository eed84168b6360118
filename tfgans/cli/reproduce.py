"""Runs the experiments of a paper: `python scripts/reproduce.py`, or `tfgans-reproduce`."""

import pathlib
import shutil
import sys

from absl import flags

from tfgans.cli import _app

FLAGS = flags.FLAGS


def define_flags() -> None:
    """The command's flags."""
    flags.DEFINE_string("paper", "cwgan", "Which paper.")
    flags.DEFINE_multi_string("item", [], "A table or figure of it; may be repeated. All, if none is named.")
    flags.DEFINE_enum("scale", "small", ["small", "paper"], "small takes at most 3 minutes a run on two CPU cores.")
    flags.DEFINE_integer("seeds", 3, "Number of seeds, from 0 on.", lower_bound=1)
    flags.DEFINE_integer("jobs", 1, "Runs at a time, each with its share of the cores.", lower_bound=1)
    flags.DEFINE_bool("smoke", False, "Runs every step for a moment; results go to the workdir.")
    flags.DEFINE_bool("dry_run", False, "Prints what would run and what stands already, and exits.")
    flags.DEFINE_string("workdir", "runs/experiments", "Folder of the runs, which are resumed.")
    flags.DEFINE_string("results", "docs/results", "Folder of results and figures.")
    _app.define_data_flags()


def main() -> None:
    """Runs the items, and prints their tables."""
    from tfgans import experiments

    workdir, results = pathlib.Path(FLAGS.workdir), pathlib.Path(FLAGS.results)
    if FLAGS.smoke:
        workdir, results = workdir / "smoke", workdir / "smoke" / "results"
        if not FLAGS.dry_run:
            shutil.rmtree(workdir, ignore_errors=True)
    asked = [argument for argument in sys.argv[1:] if not argument.startswith(("--workdir", "--data_dir", "--results"))]
    plan = experiments.Plan(
        results=results,
        workdir=workdir,
        scale=FLAGS.scale,
        seeds=1 if FLAGS.smoke else FLAGS.seeds,
        jobs=FLAGS.jobs,
        smoke=FLAGS.smoke,
        data_dir=FLAGS.data_dir,
        download=FLAGS.download,
        command=" ".join(["scripts/reproduce.py", *asked]),
    )
    failures = []
    for item in experiments.items(FLAGS.paper, FLAGS.item):
        if FLAGS.dry_run:
            print(experiments.describe(item, plan))
            continue
        try:
            path = experiments.run_item(item, plan)
        except RuntimeError as error:
            failures.append(str(error))
            continue
        print(experiments.table(path))
        print(f"results: {path}")
    if failures:
        raise ValueError("Some runs failed; the others stand. " + " ".join(failures))


def run() -> None:
    """Entry point."""
    _app.run(define_flags, main)
