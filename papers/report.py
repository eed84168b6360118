"""The report: every table and figure of the papers beside the stored results, as Markdown."""

import dataclasses
import pathlib
import shlex
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from tfgans._files import read_json, temporary_file
from tfgans.experiments import paper_scale
from tfgans.experiments.exhibits import DRAWINGS, EXHIBITS, Exhibit
from tfgans.experiments.frame import STALE, Item, markdown_table, stale_reasons, table, with_spread

_TITLES = {
    "avae": "AVAE",
    "began_cs": "BEGAN-CS",
    "cwgan": "cWGAN",
    "logan": "LOGAN",
    "xgan": "X-GAN",
    "beyond": "Beyond the papers",
}

_INTRODUCTION = """# Results

Every table and figure of the five papers: what is to be seen there, what came out here, and what would make it at the
paper's own scale. `scripts/reproduce.py --report` writes this page from the JSON in [results](results), where the
protocol of each number stands; what came of it, in words, stands in the code beside each table and figure.

The small scale is for two CPU cores: minutes a run, small networks, and small data sets in place of the papers'. So its
numbers are not to be held against theirs; whether a system is ahead of its rivals is. `±` is the standard deviation
over seeds. `†` marks a stale number: a defect was mended since it was taken, and the item says which. A command goes on
with what does not stand yet, and takes again what is stale. At the paper's scale, `needs GPU` and `needs data` say what
it takes beside time; its recipes are for `scripts/train.py`."""

_PAPER_SCALE = """## The paper's scale

`scripts/reproduce.py --scale=paper --smoke` takes two steps of each recipe on generated data of its shape, at full
width, with the recipe's batch where 24 GB hold it, else with half of it, or half of that. `--scale=paper --dry_run`
prints what each table and figure costs. Times are of the second step on a CPU; nothing was measured on a GPU. What
differs in its scores alone is one recipe here, and takes what the scores take beside its steps."""


@dataclasses.dataclass(frozen=True)
class Glance:
    """A system beside a rival, by one number.

    Attributes:
        task: What is asked of both.
        paper: Short name of the paper.
        item: Name of the item.
        metric: The number.
        where: Rows of the system and of the rival, by some of their fields, under their names.
        better: Which end of the number's range is the good one.
    """

    task: str
    paper: str
    item: str
    metric: str
    where: Mapping[str, Mapping[str, Any]]
    better: Literal["high", "low"]


_ON_GRID = {"world": "grid25", "form": "bigan"}
_LOGAN_ON_GRID = {
    "LOGAN (lol1)": {**_ON_GRID, "objective": "lol1"},
    "BiGAN": {**_ON_GRID, "objective": "v"},
}
_MNIST_DISTANCE = "MNIST after the same few minutes: distance between images of a digit, as a share of real ones'"

_GLANCES = (
    Glance(
        _MNIST_DISTANCE,
        "cwgan",
        "fig3",
        "intra_class_distance_share/pixels",
        {"cWGAN": {"system": "cwgan"}, "vanilla conditional GAN": {"system": "cgan"}},
        "high",
    ),
    Glance(
        "25 Gaussians, 2-D z: modes of 25",
        "logan",
        "fig3",
        "modes/points",
        _LOGAN_ON_GRID,
        "high",
    ),
    Glance(
        "25 Gaussians, 2-D z: reverse KL, 0 where all modes have their share",
        "logan",
        "fig3",
        "reverse_kl/points",
        _LOGAN_ON_GRID,
        "low",
    ),
    Glance(
        "25 Gaussians, a discriminator that reconstructs: modes of 25",
        "began_cs",
        "fig7",
        "modes/points",
        {"BEGAN-CS": {"system": "began_cs"}, "BEGAN": {"system": "began"}},
        "high",
    ),
    Glance(
        "Digits: distance of a test image from G(Enc(x)), its reconstruction without a search",
        "began_cs",
        "fig8_11_12",
        "one_shot_error",
        {"BEGAN-CS": {"system": "began_cs"}, "BEGAN": {"system": "began"}},
        "low",
    ),
    Glance(
        "MNIST: Fréchet distance",
        "avae",
        "table1",
        "frechet/classifier",
        {"AVAE": {"row": "VAE + BEGAN* + LSM"}, "plain VAE": {"row": "VAE"}},
        "low",
    ),
    *(
        Glance(task, "xgan", "table1_2_3", metric, {name: {"row": name} for name in ("X-GAN", "CVAE-GAN")}, better)
        for task, metric, better in (
            ("MNIST: score by a classifier", "score/classifier", "high"),
            (
                "MNIST: test images of 10,000 that no sample is like, as a third discriminator sees it (D*, .95)",
                "d_star_0.95/classifier",
                "low",
            ),
        )
    ),
    *(
        Glance(
            "Stacked MNIST: modes of 1,000",
            "beyond",
            "stacked_mnist",
            "modes",
            {ours: {"system": system}, rival: {"system": other}},
            "high",
        )
        for ours, system, rival, other in (
            ("LOGAN", "logan", "BiGAN", "bigan"),
            ("BEGAN-CS", "began_cs", "BEGAN", "began"),
            ("AVAE", "avae", "plain VAE", "vae"),
            ("X-GAN", "xgan", "MD-GAN", "md_gan"),
        )
    ),
)

_ARROWS = {"high": "↑", "low": "↓"}
_MARKS = ("<!-- scores -->", "<!-- /scores -->")


def report(papers: Mapping[str, Sequence[Item]], results: pathlib.Path) -> str:
    """The whole page.

    Args:
        papers: Items by paper.
        results: Folder of results, which the page lies beside.
    """
    parts = [_INTRODUCTION, _state(papers, results)]
    if glances := _glances(results):
        parts += ["## At a glance", glances]
    for paper in sorted(papers, key=list(_TITLES).index):
        items = papers[paper]
        parts.append(f"## {_TITLES[paper]}")
        if paper in EXHIBITS:
            parts += [f"Equations, errata and choices: [{paper}.md]({paper}.md).", _exhibits(paper, items, results)]
            parts.append(DRAWINGS[paper])
        else:
            parts.append(f"What came of it: [{paper}.md]({paper}.md).")
        parts += [_item(item, results) for item in items]
    return "\n\n".join([*parts, _PAPER_SCALE, _recipes(papers, results)]) + "\n"


def write_report(papers: Mapping[str, Sequence[Item]], results: pathlib.Path) -> list[pathlib.Path]:
    """Writes the page beside the folder of results, and the newest scores into the README above it.

    Args:
        papers: Items by paper.
        results: Folder of results.

    Returns:
        The files that were written.

    Raises:
        FileNotFoundError: If there are no results, or no README.
        ValueError: If the README has no place for the scores.
    """
    if not any(results.glob("*/*.json")):
        raise FileNotFoundError(f"{results} has no results of any paper.")
    readme = results.resolve().parents[1] / "README.md"
    texts = {
        readme: with_scores(readme.read_text(encoding="utf-8"), results),
        results.with_suffix(".md"): report(papers, results),
    }
    for path, text in texts.items():
        with temporary_file(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return list(texts)


def with_scores(readme: str, results: pathlib.Path) -> str:
    """The text of the README with the newest scores between its marks.

    Raises:
        ValueError: If it has no marks.
    """
    start, end = _MARKS
    if readme.count(start) != 1 or readme.count(end) != 1:
        raise ValueError(f"The README must have {start} and {end} once each.")
    before, rest = readme.split(start)
    _, after = rest.split(end)
    scores = _glances(results)
    stale = (
        f"{STALE} is stale: a defect was mended since, and the number will be taken again. " if STALE in scores else ""
    )
    links = (
        f"Mean ± standard deviation over seeds, the better mean in bold; ↑ more is better, ↓ less. {stale}"
        "[Every table and figure](docs/results.md)."
    )
    return f"{before}{start}\n{scores}\n\n{links}\n{end}{after}"


def _stored(results: pathlib.Path, paper: str, item: str) -> dict[str, Any] | None:
    """The stored results of an item, or None."""
    path = results / paper / f"{item}.json"
    return read_json(path) if path.exists() else None


def _small(stored: Mapping[str, Any], where: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of the small scale with these fields."""
    wanted = {"scale": "small", **where}.items()
    return [row for row in stored["rows"] if wanted <= row["trials"][0]["row"].items()]


def _state(papers: Mapping[str, Sequence[Item]], results: pathlib.Path) -> str:
    """How much of the small scale stands."""
    items = {f"{paper}/{item.name}": item for paper in papers for item in papers[paper]}
    stored = {name: _stored(results, item.paper, item.name) for name, item in items.items()}
    found = {name: each for name, each in stored.items() if each is not None}
    whole = [name for name, each in found.items() if _is_whole(items[name], each)]
    runs = sum(len(row["trials"]) for each in found.values() for row in each["rows"])
    seconds = paper_scale.duration(sum(each["seconds"] for each in found.values()))
    lines = [
        f"{len(whole)} of {len(stored)} items stand: {runs} runs, {seconds} one after the other, many of them beside "
        "other work."
    ]
    if parts := [name for name in found if name not in whole]:
        lines.append(f"In part: {', '.join(parts)}.")
    if stale := [name for name, each in found.items() if stale_reasons(each["rows"])]:
        lines.append(f"Stale, whole or in part: {', '.join(stale)}.")
    if missing := [name for name in stored if name not in found]:
        lines.append(f"Not run yet: {', '.join(missing)}.")
    return " ".join(lines)


def _is_whole(item: Item, stored: Mapping[str, Any]) -> bool:
    """Whether all settings have their row, with as many seeds as the others."""
    rows = _small(stored, {})
    return len(rows) == len(item.settings) and len({len(row["seeds"]) for row in rows}) == 1


def _glances(results: pathlib.Path) -> str:
    """The table of systems beside their rivals, of those that stand."""
    rows = []
    for glance in _GLANCES:
        stored = _stored(results, glance.paper, glance.item)
        if stored is None:
            continue
        found = {name: _small(stored, where) for name, where in glance.where.items()}
        if not all(found.values()):
            continue  # Not all rows have been run.
        best = (max if glance.better == "high" else min)(row["value"][glance.metric] for (row,) in found.values())
        named = []
        for name, (row,) in found.items():
            number = with_spread(row, glance.metric)
            named.append(f"{name} {f'**{number}**' if row['value'][glance.metric] == best else number}")
        seeds = sorted({len(row["seeds"]) for (row,) in found.values()})
        rows.append([f"{glance.task} {_ARROWS[glance.better]}", *named, " and ".join(map(str, seeds))])
    return markdown_table(["task", "system", "rival", "seeds"], rows) if rows else ""


def _exhibits(paper: str, items: Sequence[Item], results: pathlib.Path) -> str:
    by_name = {item.name: item for item in items}
    rows = []
    for exhibit in EXHIBITS[paper]:
        item, stored = by_name[exhibit.item], _stored(results, paper, exhibit.item)
        here = _numbers(stored, exhibit) if stored else "not run yet"
        pictures = _pictures(results / paper, exhibit.pictures)
        made = _made(item, stored)
        rows.append(
            [
                exhibit.name,
                exhibit.shows,
                "<br>".join(filter(None, [here, pictures])),
                (exhibit.finding if stored else "") or "-",
                f"[{item.name}](#{paper}{item.name}): {made}",
                f"{paper_scale.need(exhibit)}: {'<br>'.join(_command(text) for text in exhibit.recipes)}",
            ]
        )
    head = ["", "the paper", "here, at the small scale", "what came of it", "how", "at the paper's scale"]
    return markdown_table(head, rows)


def _numbers(stored: Mapping[str, Any], exhibit: Exhibit) -> str:
    """The exhibit's metrics, each over the exhibit's rows."""
    rows = _small(stored, exhibit.where)
    labels, lines = _labels([row["trials"][0]["row"] for row in rows]), []
    for metric in exhibit.metrics:
        named = [(label, with_spread(row, metric)) for label, row in zip(labels, rows, strict=True)]
        lines.append(
            f"`{metric}`: {'; '.join(f'{label} {number}'.strip() for label, number in named if number != '-')}"
        )
    return "<br>".join(lines)


def _labels(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Short names of rows: as few words as tell them apart, and all numbers in which they differ, with their names."""
    names = [name for name in (rows[0] if rows else ()) if len({row[name] for row in rows}) > 1]
    for name in reversed([name for name in names if isinstance(rows[0][name], str)]):
        fewer = [other for other in names if other != name]
        if len({tuple(row[other] for other in fewer) for row in rows}) == len(rows):
            names = fewer
    return [
        " ".join(str(row[name]) if isinstance(row[name], str) else f"{name} {row[name]}" for name in names)
        for row in rows
    ]


def _pictures(folder: pathlib.Path, patterns: Sequence[str]) -> str:
    found = [path for pattern in patterns for path in sorted(folder.glob(pattern))]
    return ", ".join(f"[{path.stem}](results/{folder.name}/{path.name})" for path in found)


def _made(item: Item, stored: Mapping[str, Any] | None) -> str:
    """The command, and the seeds and time that it took."""
    if stored is None:
        return f"`scripts/reproduce.py --paper={item.paper} --item={item.name}`"
    seeds = {len(row["seeds"]) for row in stored["rows"]}
    counts = " to ".join(str(count) for count in sorted({min(seeds), max(seeds)}))
    return f"`{stored['command']}`, {counts} {'seed' if counts == '1' else 'seeds'}, {stored['seconds']:,.0f} s"


def _command(text: str) -> str:
    name, *changes = text.split()
    return f"`{shlex.join([f'--recipe={name}', '--preset=paper', *(f'--set={change}' for change in changes)])}`"


def _item(item: Item, results: pathlib.Path) -> str:
    stored = _stored(results, item.paper, item.name)
    lines = [f"### {item.paper}/{item.name}", item.claim, f"{_made(item, stored)}."]
    if stored is not None:
        lines += [f"{STALE} Stale: {reason}" for reason in stale_reasons(stored["rows"])]
        lines.append(table(results / item.paper / f"{item.name}.json"))
    return "\n\n".join(lines)


def _recipes(papers: Mapping[str, Sequence[Item]], results: pathlib.Path) -> str:
    costs = paper_scale.read_costs(results)
    texts = [
        text
        for paper, items in papers.items()
        for text in paper_scale.recipes_of(paper, [item.name for item in items], every=True)
    ]
    rows = []
    for text in dict.fromkeys(texts):
        recipe, measured = paper_scale.recipe_of(text), costs.get(text)
        taken = ["not run yet", "-", "-", "-"]
        if measured is not None:
            # A batch is halved where its process ran out of memory.
            whole = measured["batch_size"] == recipe.batch_size
            taken = [
                "full width" if whole else f"full width, batches of {measured['batch_size']}",
                f"{measured['parameters']:,}",
                f"{measured['gigabytes']} GB",
                f"{measured['seconds_a_step']:.3g} s",
            ]
        rows.append([f"`{text}`", f"{recipe.steps:,}", str(recipe.batch_size), *taken])
    head = ["recipe, preset `paper`", "steps", "batch", "two steps", "parameters", "memory", "a step"]
    return markdown_table(head, rows)
