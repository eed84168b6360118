"""The report: every table and figure of the papers with the stored results, as pages of Markdown."""

import collections
import dataclasses
import pathlib
import re
import shlex
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

from papers import paper_scale
from papers.frame import STALE, Item, markdown_table, results_folder, stale_reasons, table, with_spread
from papers.paper import FOLDER, Exhibit, Paper, Verdict
from tfgans._files import read_json, temporary_file

_INTRODUCTION = """# Results

How much of the five papers holds here? The table counts their claims by verdict, and each paper has a page with its
claims, figures and numbers. `scripts/reproduce.py --report` writes these pages. The JSON files in
`papers/NAME/results` have the numbers of each run, and the protocols of scores.

The results come from two CPU cores. Runs of the scale `hour` take at most an hour on one core. Those of the scale
`small` take minutes, and some beyond the papers one to two hours. Both use small networks, and data sets of small
images in place of the papers'. So the numbers do not compare with the papers' numbers; the order of a system and its
rivals does. `±` is the standard deviation over seeds. `†` marks the numbers of a stale run: a defect was fixed after
the run, and the item names the defect and the numbers that it spares. A verdict with this mark rests on such numbers. A
command runs trials whose results are missing or stale."""

_PAPER_SCALE = """# The papers' scale

What does a paper's own scale cost? `scripts/reproduce.py --scale=paper --smoke` takes two steps of each recipe on
generated data of its shape, at full width. It uses the recipe's batch if 24 GB hold it, and otherwise half of it, or
half of that. `--scale=paper --dry_run` prints the cost of each table and figure. Times are of the second step on a
CPU; nothing was measured on a GPU. Recipes that differ only in their scores share a row; the times do not include
scores."""


@dataclasses.dataclass(frozen=True)
class Glance:
    """A row of the table at a glance: a system and a rival, compared by one number.

    Attributes:
        task: The task of both.
        paper: Short name of the paper.
        item: Name of the item.
        metric: The number.
        where: For the names of the system and of the rival, the fields that select its row.
        better: Whether high or low numbers are better.
    """

    task: str
    paper: str
    item: str
    metric: str
    where: Mapping[str, Mapping[str, Any]]
    better: Literal["high", "low"]


def _read_glances() -> list[Glance]:
    texts = tomllib.loads((FOLDER / "glances.toml").read_text(encoding="utf-8"))
    return [Glance(**fields) for fields in texts["glances"]]


_GLANCES = _read_glances()
_LEGEND = "The better mean is bold. ↑ More is better, ↓ less is better."
_ARROWS = {"high": "↑", "low": "↓"}


def report(papers: Sequence[Paper], folder: pathlib.Path) -> dict[str, str]:
    """Returns the pages of the report by their paths below `docs`.

    Args:
        papers: All papers, in the order of the pages.
        folder: Their folder, with the results.
    """
    parts = [_INTRODUCTION, _verdicts(papers, folder)]
    if glances := _glances(folder):
        parts += ["## At a glance", _LEGEND, glances]
    parts += ["## The state of the items", _state(papers, folder)]
    parts.append(f"The papers' own scale has [a page on its costs]({_COSTS}).")
    costs = [_PAPER_SCALE, _recipes(papers, folder)]
    texts = {"results.md": parts, _COSTS: costs, **{_page(paper): _of_paper(paper, folder) for paper in papers}}
    return {path: "\n\n".join(filter(None, of_page)) + "\n" for path, of_page in texts.items()}


_COSTS = "results/paper_scale.md"


def _page(paper: Paper) -> str:
    return f"results/{paper.name}.md"


def _of_paper(paper: Paper, folder: pathlib.Path) -> list[str]:
    """The parts of a paper's page."""
    page = f"[papers/{paper.name}](../../papers/{paper.name}/README.md)"
    parts = [f"# {paper.title}"]
    if paper.exhibits:
        parts += [f"Equations, errata and choices: {page}.", _claims(paper, folder), paper.drawings]
        parts += [_exhibit(paper, exhibit, folder) for exhibit in paper.exhibits]
        parts += _at_paper_scale(paper)
    else:
        parts.append(f"{page} discusses the results.")
    return [*parts, "## All numbers", *(_item(paper, item, folder) for item in paper.items)]


def _verdicts(papers: Sequence[Paper], folder: pathlib.Path) -> str:
    """Counts the claims of each paper by verdict, and how many of these rest on stale numbers."""
    names, rows = get_args(Verdict), []
    total, total_stale = collections.Counter[Verdict](), collections.Counter[Verdict]()

    def cells(counts: collections.Counter[Verdict], stale: collections.Counter[Verdict], bold: str = "") -> list[str]:
        return [f"{bold}{counts[name]}{bold}{f' ({stale[name]} {STALE})' if stale[name] else ''}" for name in names]

    for paper in filter(lambda paper: paper.exhibits, papers):
        counts = collections.Counter(exhibit.verdict for exhibit in paper.exhibits)
        stale = collections.Counter(each.verdict for each in paper.exhibits if _is_stale(paper, each, folder))
        rows.append([f"[{paper.title}]({_page(paper)})", *cells(counts, stale)])
        total += counts
        total_stale += stale
    rows.append([f"all {total.total()} claims", *cells(total, total_stale, "**")])
    return markdown_table(["paper", *names], rows)


def _claims(paper: Paper, folder: pathlib.Path) -> str:
    """A table of a paper's claims with their verdicts, and the mark of those that rest on stale numbers."""
    rows = [
        [
            f"[{exhibit.name}](#{_anchor(exhibit.name)})",
            exhibit.shows,
            f"**{exhibit.verdict}**{f' {STALE}' if _is_stale(paper, exhibit, folder) else ''}",
        ]
        for exhibit in paper.exhibits
    ]
    return markdown_table(["", "the paper", "here"], rows)


def _is_stale(paper: Paper, exhibit: Exhibit, folder: pathlib.Path) -> bool:
    """Whether a claim was judged by a row that is stale."""
    stored = _stored(folder, paper.name, exhibit.item)
    if stored is None or exhibit.verdict == "not judged":
        return False
    return bool(stale_reasons(_ours(stored, exhibit.where)))


def _anchor(heading: str) -> str:
    """The address of a heading on its page."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def write_report(papers: Sequence[Paper], folder: pathlib.Path) -> list[pathlib.Path]:
    """Writes `docs/results.md` of the checkout, with its pages.

    Args:
        papers: All papers.
        folder: Their folder in the checkout, with the results.

    Returns:
        The files that were written.

    Raises:
        FileNotFoundError: If there are no results.
    """
    if not any(folder.glob("*/results/*.json")):
        raise FileNotFoundError(f"{folder} has no results of any paper.")
    docs = folder.resolve().parent / "docs"
    texts = {docs / path: text for path, text in report(papers, folder).items()}
    for path, text in texts.items():
        path.parent.mkdir(exist_ok=True)
        with temporary_file(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return list(texts)


def _stored(folder: pathlib.Path, paper: str, item: str) -> dict[str, Any] | None:
    """The stored results of an item, or None."""
    path = results_folder(folder, paper) / f"{item}.json"
    return read_json(path) if path.exists() else None


def _ours(stored: Mapping[str, Any], where: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows with these fields that are not of the paper's scale."""
    rows = [row for row in stored["rows"] if row["scale"] != "paper"]
    return [row for row in rows if where.items() <= row["trials"][0]["row"].items()]


def _state(papers: Sequence[Paper], folder: pathlib.Path) -> str:
    """Sentences on the items that are stored, stale or missing at our scales."""
    items = {f"{item.paper}/{item.name}": item for paper in papers for item in paper.items}
    stored = {
        name: results for name, item in items.items() if (results := _stored(folder, item.paper, item.name)) is not None
    }
    complete = [name for name, results in stored.items() if _is_complete(items[name], results)]
    runs = sum(len(row["trials"]) for results in stored.values() for row in results["rows"])
    seconds = paper_scale.duration(sum(results["seconds"] for results in stored.values()))
    lines = [
        f"{len(complete)} of {len(items)} items have all their rows, with equal numbers of seeds. The {runs} runs took "
        f"{seconds} in sum; many ran beside other work."
    ]
    if parts := [name for name in stored if name not in complete]:
        lines.append(f"These items have a part of their rows, or more seeds in some: {', '.join(parts)}.")
    if stale := [name for name, results in stored.items() if stale_reasons(results["rows"])]:
        lines.append(f"These items are stale, entirely or in part: {', '.join(stale)}.")
    if missing := [name for name in items if name not in stored]:
        lines.append(f"These items have not run yet: {', '.join(missing)}.")
    return " ".join(lines)


def _is_complete(item: Item, stored: Mapping[str, Any]) -> bool:
    """Whether all settings have their row, and all rows the same number of seeds."""
    rows = _ours(stored, {})
    return len(rows) == len(item.settings) and len({len(row["seeds"]) for row in rows}) == 1


def _glances(folder: pathlib.Path) -> str:
    """The table at a glance; it leaves out systems without results."""
    rows = []
    for glance in _GLANCES:
        stored = _stored(folder, glance.paper, glance.item)
        if stored is None:
            continue
        rows_of = {name: _ours(stored, where) for name, where in glance.where.items()}
        if not all(rows_of.values()):
            continue
        best = (max if glance.better == "high" else min)(row["value"][glance.metric] for (row,) in rows_of.values())
        named = []
        for name, (row,) in rows_of.items():
            number = with_spread(row, glance.metric)
            named.append(f"{name} {f'**{number}**' if row['value'][glance.metric] == best else number}")
        seeds = sorted({len(row["seeds"]) for (row,) in rows_of.values()})
        rows.append([f"{glance.task} {_ARROWS[glance.better]}", *named, " and ".join(map(str, seeds))])
    return markdown_table(["task", "system", "rival", "seeds"], rows) if rows else ""


def _exhibit(paper: Paper, exhibit: Exhibit, folder: pathlib.Path) -> str:
    """A section on a claim: the paper's and ours, the numbers and the pictures, and how all are made."""
    (item,) = (item for item in paper.items if item.name == exhibit.item)
    stored = _stored(folder, paper.name, exhibit.item)
    parts = [
        f"## {exhibit.name}",
        f"**The paper.** {exhibit.shows}",
        f"**Here: {exhibit.verdict}.** {exhibit.finding}" if stored else "**Here.** It has not run yet.",
        _numbers(stored, exhibit) if stored else "",
        _pictures(folder, paper.name, exhibit.pictures),
        f"Item [{item.name}](#{paper.name}{item.name}): {_made(item, stored)}.",
    ]
    return "\n\n".join(filter(None, parts))


def _at_paper_scale(paper: Paper) -> list[str]:
    """A section with the recipes of each claim at the paper's scale."""
    rows = [
        [exhibit.name, paper_scale.need(exhibit), "<br>".join(_command(text) for text in exhibit.recipes)]
        for exhibit in paper.exhibits
    ]
    costs = f"`scripts/train.py` takes these flags. [Another page]({pathlib.PurePath(_COSTS).name}) has their costs."
    return ["## At the paper's scale", costs, markdown_table(["claim", "", "flags"], rows)]


def _numbers(stored: Mapping[str, Any], exhibit: Exhibit) -> str:
    """A table of the exhibit's metrics in its rows."""
    if not exhibit.metrics:
        return ""
    rows = _ours(stored, exhibit.where)
    labels = _labels([row["trials"][0]["row"] for row in rows])
    numbers = [[with_spread(row, metric) for metric in exhibit.metrics] for row in rows]
    lines = [[label, *each] for label, each in zip(labels, numbers, strict=True)]
    return markdown_table(["", *(f"`{metric}`" for metric in exhibit.metrics)], lines)


def _labels(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Short names of rows: the fewest words that distinguish them, and all numbers in which they differ, named."""
    names = [name for name in (rows[0] if rows else ()) if len({row[name] for row in rows}) > 1]
    for name in reversed([name for name in names if isinstance(rows[0][name], str)]):
        fewer = [other for other in names if other != name]
        if len({tuple(row[other] for other in fewer) for row in rows}) == len(rows):
            names = fewer
    return [
        " ".join(str(row[name]) if isinstance(row[name], str) else f"{name} {row[name]}" for name in names)
        for row in rows
    ]


def _pictures(folder: pathlib.Path, paper: str, patterns: Sequence[str]) -> str:
    paths = [path for pattern in patterns for path in sorted(results_folder(folder, paper).glob(pattern))]
    return "\n".join(f"![{path.stem}](../../papers/{paper}/results/{path.name})" for path in paths)


def _made(item: Item, stored: Mapping[str, Any] | None) -> str:
    """The command, with the seeds and the time that it took."""
    if stored is None:
        return f"`scripts/reproduce.py --paper={item.paper} --item={item.name}`"
    seeds = {len(row["seeds"]) for row in stored["rows"]}
    counts = " to ".join(str(count) for count in sorted({min(seeds), max(seeds)}))
    return f"`{stored['command']}`, {counts} {'seed' if counts == '1' else 'seeds'}, {stored['seconds']:,.0f} s"


def _command(text: str) -> str:
    name, *changes = text.split()
    return f"`{shlex.join([f'--recipe={name}', '--preset=paper', *(f'--set={change}' for change in changes)])}`"


def _item(paper: Paper, item: Item, folder: pathlib.Path) -> str:
    stored = _stored(folder, paper.name, item.name)
    lines = [f"### {paper.name}/{item.name}", paper.about(item), f"{_made(item, stored)}."]
    if stored is not None:
        lines += [f"{STALE} Stale: {reason}" for reason in stale_reasons(stored["rows"])]
        lines += [f"Several trainings of one extractor took these numbers: {text}." for text in _mixed(stored["rows"])]
        lines.append(table(results_folder(folder, paper.name) / f"{item.name}.json"))
    return "\n\n".join(lines)


def _mixed(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """For each extractor of which trials on the same data had several trainings: its hashes, with counts of trials.

    Trainings on different processors differ a little, and so do the numbers that they give.
    """
    counts: dict[tuple[str, str], collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for trial in (trial for row in rows for trial in row["trials"]):
        parts = [trial["protocol"], *(part for part in trial["protocol"].values() if isinstance(part, dict))]
        found = {
            (str(part.get("data")), str(part.get("extractor", "classifier")), part["extractor_hash"])
            for part in parts
            if "extractor_hash" in part
        }
        for data, extractor, fingerprint in found:
            counts[data, extractor][fingerprint] += 1
    return [
        f"{extractor} of {data}, {' and '.join(f'{name} in {count}' for name, count in hashes.items())} of the trials"
        for (data, extractor), hashes in counts.items()
        if len(hashes) > 1
    ]


def _recipes(papers: Sequence[Paper], folder: pathlib.Path) -> str:
    costs = paper_scale.read_costs(folder)
    texts = [text for paper in papers for text in paper_scale.recipes_of(paper, every=True)]
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
