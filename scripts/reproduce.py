"""Runs the experiments of the papers, and writes their report.

scripts/reproduce.py --paper=cwgan --item=fig3 --dry_run
scripts/reproduce.py --paper=logan --item=table2 --seeds=1 --workdir=runs/mine --results=mine
"""

import pathlib
import shutil
from typing import TYPE_CHECKING

import _checkout  # noqa: F401
from absl import flags

from tfgans.cli import _app

if TYPE_CHECKING:
    from collections.abc import Sequence

    from papers.frame import Item
    from papers.paper import Paper

FLAGS = flags.FLAGS
# Flags that choose the runs; the command that is stored with results has these.
_OF_RUNS = ("paper", "item", "scale", "seeds", "jobs", "smoke")


def define_flags() -> None:
    """Defines the flags of the command."""
    _app.group("Runs")
    flags.DEFINE_string("paper", None, "Name of a paper, such as cwgan or began-cs; by default all papers.")
    flags.DEFINE_multi_string(
        "item", [], "Table or figure of the paper, such as table2 or fig3, by default all of them"
    )
    flags.DEFINE_enum(
        "scale",
        None,
        ["paper"],
        "paper uses the preset paper. By default each item has its own scale: small, which takes minutes a run on two "
        "CPU cores, or hour, at most an hour a run on one.",
    )
    flags.DEFINE_integer("seeds", 3, "Number of seeds, which begin with 0.", lower_bound=1)
    flags.DEFINE_integer("jobs", 1, "Number of runs at a time, each with its share of the cores.", lower_bound=1)
    flags.DEFINE_bool(
        "smoke",
        False,
        "Shortens all runs to a moment, and writes their results to the workdir. With --scale=paper, takes two steps "
        "of each recipe at full width on generated data, and stores their cost.",
    )
    _app.group("Results")
    flags.DEFINE_bool(
        "dry_run",
        False,
        "Prints the stored runs and the missing ones, with --scale=paper also their cost, and exits.",
    )
    flags.DEFINE_bool("report", False, "Writes docs/results.md and its pages from the stored results.")
    flags.DEFINE_string("workdir", "runs/experiments", "Folder of the runs. Runs in it are resumed.")
    flags.DEFINE_string(
        "results",
        None,
        "Folder of the papers, whose PAPER/results get results and figures; by default papers/ of this checkout.",
    )
    _app.define_data_flags()


def main() -> None:
    """Runs the items, and prints their tables."""
    import papers
    from papers.paper import FOLDER

    folder = pathlib.Path(FLAGS.results) if FLAGS.results else FOLDER
    if FLAGS.report:
        _write_report(folder)
        return
    chosen = papers.chosen(FLAGS.paper, FLAGS.item)
    if FLAGS.scale == "paper" and FLAGS.smoke and not FLAGS.dry_run:
        _take_two_steps(chosen, folder)
    else:
        _run_items(chosen, folder)


def _write_report(folder: pathlib.Path) -> None:
    from papers import PAPERS
    from papers.report import write_report

    if others := [name for name in (*_OF_RUNS, "dry_run") if FLAGS[name].present]:
        raise ValueError(f"--report covers all stored results; received --{' --'.join(others)} beside it.")
    for path in write_report(PAPERS, folder):
        print(f"written: {path}")


def _take_two_steps(chosen: "Sequence[Paper]", folder: pathlib.Path) -> None:
    from papers import paper_scale

    texts = [text for paper in chosen for text in paper_scale.recipes_of(paper, every=not FLAGS.item)]
    try:
        for line in paper_scale.take_two_steps(list(dict.fromkeys(texts)), folder):
            print(line)
    except RuntimeError as error:
        raise ValueError(f"Some recipes cannot take two steps. {error}") from error


def _items_at_scale(chosen: "Sequence[Paper]") -> "list[tuple[Paper, Item]]":
    """Returns the chosen items that have the scale of the flag, each with its paper."""
    items = [(paper, item) for paper in chosen for item in paper.items]
    if FLAGS.scale is None:
        return items
    others = [f"{paper.name}/{item.name}" for paper, item in items if FLAGS.scale not in item.scales]
    if others and FLAGS.item:
        raise ValueError(f"No run of {', '.join(others)} has the scale {FLAGS.scale}; received --scale={FLAGS.scale}.")
    if others:
        print(f"These items have no run of the scale {FLAGS.scale}: {', '.join(others)}.")
    return [(paper, item) for paper, item in items if FLAGS.scale in item.scales]


def _run_items(chosen: "Sequence[Paper]", folder: pathlib.Path) -> None:
    from papers.frame import Plan, describe, missing_trials, run_item, table
    from papers.paper_scale import describe_costs

    workdir, results = pathlib.Path(FLAGS.workdir), folder
    if FLAGS.smoke:
        workdir = workdir / "smoke"
        results = workdir / "papers"
        if not FLAGS.dry_run:
            shutil.rmtree(workdir, ignore_errors=True)
    asked = [FLAGS[name].serialize() for name in _OF_RUNS if FLAGS[name].present]
    plan = Plan(
        papers=results,
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
    items = _items_at_scale(chosen)
    to_run = sum(missing_trials(item, plan) for _, item in items)
    failures = []
    for paper, item in items:
        if FLAGS.dry_run:
            print(f"{paper.name}/{item.name}: {paper.about(item)}")
            print(describe(item, plan))
            continue
        try:
            path = run_item(item, plan)
        except RuntimeError as error:
            failures.append(str(error))
            continue
        print(table(path))
        print(f"results: {path}")
    if FLAGS.dry_run and FLAGS.scale == "paper":
        print("On the papers' own data, with scripts/train.py:")
        for line in describe_costs(chosen, folder):
            print(line)
    if failures:
        raise ValueError("Some runs failed; the results of the others are stored. " + " ".join(failures))
    if not to_run and not FLAGS.dry_run:
        print(
            f"Nothing was run, since all results are stored in {results}. To run them afresh, name new folders: "
            "--results=FOLDER --workdir=FOLDER."
        )


if __name__ == "__main__":
    _app.run(define_flags, main)
