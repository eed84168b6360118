"""A paper: its items, and its tables and figures, which `paper.toml` describes."""

import dataclasses
import importlib
import pathlib
import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, get_args

from papers.frame import Item
from tfgans.choices import suggestion

FOLDER = pathlib.Path(__file__).parent
"""The folder of all papers."""


Verdict = Literal["holds", "holds in part", "holds in direction only", "does not hold", "not judged"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Exhibit:
    """Tables or figures of a paper that make one claim, or a measurable claim of a section.

    Attributes:
        name: The paper's own name for them, such as `Figs. 6, 7`.
        shows: The paper's claim, with its numbers.
        item: Name of the item that measures it here.
        metrics: The item's metrics that belong beside the paper's numbers.
        where: Fields that select some of the item's rows.
        pictures: Patterns of file names that select some of the item's figures.
        verdict: Whether the claim holds here. It is not judged where the data or the length of the runs cannot show it.
        finding: The outcome here, with the reason where the claim does not hold.
        recipes: Recipes that make it at the paper's scale: each a name, and optionally fields `name=value`.
        needs: The need of the paper's scale beside time: a GPU, or data that must be prepared by hand.
    """

    name: str
    shows: str
    item: str
    metrics: Sequence[str] = ()
    where: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    pictures: Sequence[str] = ()
    verdict: Verdict = "not judged"
    finding: str = ""
    recipes: Sequence[str]
    needs: Literal["CPU", "GPU", "data"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Paper:
    """The reproduction of a paper.

    Attributes:
        name: Short name, which is the name of its folder.
        title: Name of its system.
        items: Items that measure its claims.
        exhibits: Its tables, figures and measurable claims, in its order.
        drawings: A sentence that names its figures without results.
        notes: A sentence on each item without an exhibit, by the item's name.
    """

    name: str
    title: str
    items: tuple[Item, ...]
    exhibits: tuple[Exhibit, ...] = ()
    drawings: str = ""
    notes: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def only(self, names: Sequence[str]) -> "Paper":
        """Returns the paper with only the named items and their exhibits, or with all if `names` is empty.

        Raises:
            ValueError: If the paper has no item of a name.
        """
        known = {item.name: item for item in self.items}
        chosen = [resolved(name, known, f"item of {self.name}") for name in names] or list(known)
        return dataclasses.replace(
            self,
            items=tuple(known[name] for name in chosen),
            exhibits=tuple(exhibit for exhibit in self.exhibits if exhibit.item in chosen),
        )

    def about(self, item: Item) -> str:
        """Returns a sentence that names an item's exhibits, or its note."""
        names = [exhibit.name for exhibit in self.exhibits if exhibit.item == item.name]
        return f"This item measures {'; '.join(names)}." if names else self.notes[item.name]


def resolved(name: str, known: Collection[str], kind: str) -> str:
    """Returns the known name that is meant by a name, which may leave out marks and numbers.

    `began-cs` means `began_cs`, and `table2` or `Table 2` means `table1_2_3`, if no other known table has a 2.

    Args:
        name: The name.
        known: The known names.
        kind: Kind of the names, for the error.

    Raises:
        ValueError: If no known name is meant, or several are.
    """
    if name in known:
        return name
    plain = [other for other in known if _parts(other) == _parts(name)]
    meant = plain or [other for other in known if set(_parts(name)) <= set(_parts(other))]
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise ValueError(f"Several names fit the {kind} {name!r}: {', '.join(meant)}.")
    raise ValueError(f"There is no {kind} {name!r}. {suggestion(name, known)}")


def _parts(name: str) -> list[str]:
    """Words and numbers of a name, such as `table`, `1`, `2` of `table1_2`; `figure` and `figs` are `fig`."""
    parts = re.findall(r"[a-z]+|\d+", name.lower())
    return [{"figure": "fig", "figures": "fig", "figs": "fig", "tables": "table"}.get(part, part) for part in parts]


def read_paper(name: str) -> Paper:
    """Reads a paper from its folder: items from `experiments.py`, and texts from `paper.toml`.

    Args:
        name: Short name of the paper, and of its folder.
    """
    items = importlib.import_module(f"papers.{name}.experiments").ITEMS
    texts = tomllib.loads((FOLDER / name / "paper.toml").read_text(encoding="utf-8"))
    exhibits = tuple(map(_exhibit, texts.pop("exhibits", [])))
    return Paper(name=name, items=items, exhibits=exhibits, **texts)


def _exhibit(fields: dict[str, Any]) -> Exhibit:
    # The file has the fields that follow all recipes only once.
    changes = fields.pop("changes", "")
    recipes = [f"{recipe} {changes}".rstrip() for recipe in fields.pop("recipes")]
    exhibit = Exhibit(recipes=recipes, **fields)
    if exhibit.verdict not in get_args(Verdict):
        raise ValueError(
            f"{exhibit.name}: a verdict is one of {', '.join(get_args(Verdict))}; received {exhibit.verdict}."
        )
    return exhibit
