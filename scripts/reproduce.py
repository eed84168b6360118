"""Runs the experiments of the papers, and reports: `python scripts/reproduce.py`, or `tfgans-reproduce`."""

import pathlib
import shutil
from typing import TYPE_CHECKING

from absl import flags

from tfgans.cli import _app

if TYPE_CHECKING:
    from tfgans.experiments import Item

FLAGS = flags.FLAGS
# Flags that say what is run: those of a result's command.
_OF_RUNS = ("paper", "item", "scale", "seeds", "jobs", "smoke")


def define_flags() -> None:
    """The command's flags."""
    flags.DEFINE_string("paper", None, "Which paper; all of them, if none is named.")
    flags.DEFINE_multi_string("item", [], "A table or figure of it; may be repeated. All, if none is named.")
    flags.DEFINE_enum(
        "scale",
        "small",
        ["small", "paper"],
        "small takes at most 10 minutes a run on two CPU cores; paper takes the recipes' preset of that name.",
    )
    flags.DEFINE_integer("seeds", 3, "Number of seeds, from 0 on.", lower_bound=1)
    flags.DEFINE_integer("jobs", 1, "Runs at a time, each with its share of the cores.", lower_bound=1)
    flags.DEFINE_bool(
        "smoke",
        False,
        "Runs every step for a moment, results go to the workdir; with --scale=paper, takes two steps of each recipe "
        "on generated data, at full width, and stores what they cost.",
    )
    flags.DEFINE_bool(
        "dry_run", False, "Prints what would run and what stands already, with --scale=paper its cost, and exits."
    )
    flags.DEFINE_bool("report", False, "Writes the page of all results beside them, and the scores into the README.")
    flags.DEFINE_string("workdir", "runs/experiments", "Folder of the runs, which are resumed.")
    flags.DEFINE_string("results", "docs/results", "Folder of results and figures.")
    _app.define_data_flags()


def main() -> None:
    """Runs the items, and prints their tables."""
    from tfgans import experiments

    results = pathlib.Path(FLAGS.results)
    if FLAGS.report:
        if others := [name for name in (*_OF_RUNS, "dry_run") if FLAGS[name].present]:
            raise ValueError(f"--report is of all results that stand; received --{' --'.join(others)} beside it.")
        for path in experiments.write_report(
            {paper: experiments.items(paper) for paper in experiments.papers()}, results
        ):
            print(f"written: {path}")
        return
    if FLAGS.item and FLAGS.paper is None:
        raise ValueError(f"--item is of a --paper, of {', '.join(experiments.papers())}; received none.")
    chosen = [FLAGS.paper] if FLAGS.paper else experiments.papers()
    items = {paper: experiments.items(paper, FLAGS.item) for paper in chosen}
    if FLAGS.scale == "paper" and FLAGS.smoke and not FLAGS.dry_run:
        _take_two_steps(items, results)
    else:
        _run_items(items, results)


def _take_two_steps(items: dict[str, list["Item"]], results: pathlib.Path) -> None:
    from tfgans import experiments

    texts = [
        text
        for paper, some in items.items()
        for text in experiments.recipes_of(paper, [item.name for item in some], every=not FLAGS.item)
    ]
    try:
        for line in experiments.take_two_steps(list(dict.fromkeys(texts)), results):
            print(line)
    except RuntimeError as error:
        raise ValueError(f"Some recipes cannot take two steps. {error}") from error


def _run_items(items: dict[str, list["Item"]], results: pathlib.Path) -> None:
    from tfgans import experiments

    workdir = pathlib.Path(FLAGS.workdir)
    if FLAGS.smoke:
        workdir, results = workdir / "smoke", workdir / "smoke" / "results"
        if not FLAGS.dry_run:
            shutil.rmtree(workdir, ignore_errors=True)
    asked = [FLAGS[name].serialize() for name in _OF_RUNS if FLAGS[name].present]
    plan = experiments.Plan(
        results=results,
        workdir=workdir,
        scale=FLAGS.scale,
        seeds=1 if FLAGS.smoke else FLAGS.seeds,
        jobs=FLAGS.jobs,
        smoke=FLAGS.smoke,
        data_dir=FLAGS.data_dir,
        download=FLAGS.download,
        # A flag that was given twice has two lines.
        command=" ".join(["scripts/reproduce.py", *asked]).replace("\n", " "),
    )
    failures = []
    for some in items.values():
        for item in some:
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
    if FLAGS.dry_run and FLAGS.scale == "paper":
        print("On the papers' own data, with scripts/train.py:")
        names = {paper: [item.name for item in some] for paper, some in items.items()}
        for line in experiments.describe_costs(names, pathlib.Path(FLAGS.results)):
            print(line)
    if failures:
        raise ValueError("Some runs failed; the others stand. " + " ".join(failures))


def run() -> None:
    """Entry point."""
    _app.run(define_flags, main)
