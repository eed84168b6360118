"""The reproduction of the papers: the items of each, one a table or figure, and the report of all."""

from papers.paper import Paper, read_paper

PAPERS = tuple(map(read_paper, ("avae", "began_cs", "cwgan", "logan", "xgan", "beyond")))
"""All papers, in the order of the report; `beyond` has the items that no paper has."""


def find(name: str) -> Paper:
    """The paper of a short name.

    Raises:
        ValueError: If there is none.
    """
    for paper in PAPERS:
        if paper.name == name:
            return paper
    raise ValueError(f"There is no paper {name!r}; there are {', '.join(paper.name for paper in PAPERS)}.")
