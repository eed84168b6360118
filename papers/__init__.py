"""The reproduction of the papers: the items of each paper, one per table or figure, and the report on all of them."""

from papers.paper import Paper, read_paper

PAPERS = tuple(map(read_paper, ("avae", "began_cs", "cwgan", "logan", "xgan", "beyond")))
"""All papers, in the order of the report; `beyond` has items that are in none of the papers."""


def find(name: str) -> Paper:
    """Returns the paper with a short name.

    Raises:
        ValueError: If no paper has this name.
    """
    for paper in PAPERS:
        if paper.name == name:
            return paper
    raise ValueError(f"There is no paper {name!r}; there are {', '.join(paper.name for paper in PAPERS)}.")
