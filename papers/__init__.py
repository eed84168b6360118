"""The reproduction of the papers: the items of each paper, one per table or figure, and the report on all of them."""

from collections.abc import Sequence

from papers.paper import Paper, read_paper, resolved

PAPERS = tuple(map(read_paper, ("avae", "began_cs", "cwgan", "logan", "xgan", "beyond")))
"""All papers, in the order of the report; `beyond` has items that are in none of the papers."""


def find(name: str) -> Paper:
    """Returns the paper with a short name.

    Raises:
        ValueError: If no paper has this name.
    """
    known = {paper.name: paper for paper in PAPERS}
    return known[resolved(name, known, "paper")]


def chosen(name: str | None, items: Sequence[str]) -> list[Paper]:
    """Returns papers with only some of their items.

    Args:
        name: Name of a paper, or None for all.
        items: Names of items, of one paper each; none for all.

    Raises:
        ValueError: If there is no such paper or item, or a name of an item fits several.
    """
    if name is not None:
        return [find(name).only(items)]
    if not items:
        return list(PAPERS)
    known = [f"{paper.name}/{item.name}" for paper in PAPERS for item in paper.items]
    found = [resolved(item, known, "item").split("/") for item in items]
    return [
        paper.only([item for owner, item in found if owner == paper.name])
        for paper in PAPERS
        if any(owner == paper.name for owner, _ in found)
    ]
