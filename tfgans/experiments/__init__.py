"""Experiments: one function per table or figure of a paper."""

from tfgans.experiments import avae, began_cs, cwgan, logan, xgan
from tfgans.experiments.frame import Item, Measured, Plan, Trial, describe, run_item, table

__all__ = ["Item", "Measured", "Plan", "Trial", "describe", "items", "papers", "run_item", "table"]

_PAPERS = {
    "avae": avae.ITEMS,
    "began_cs": began_cs.ITEMS,
    "cwgan": cwgan.ITEMS,
    "logan": logan.ITEMS,
    "xgan": xgan.ITEMS,
}


def papers() -> list[str]:
    """Papers with experiments."""
    return sorted(_PAPERS)


def items(paper: str, names: list[str] | None = None) -> list[Item]:
    """The items of a paper, or those named.

    Raises:
        ValueError: If there is no such paper or item.
    """
    if paper not in _PAPERS:
        raise ValueError(f"There is no paper {paper!r}; there are {', '.join(papers())}.")
    known = {item.name: item for item in _PAPERS[paper]}
    unknown = [name for name in names or [] if name not in known]
    if unknown:
        raise ValueError(f"{paper} has the items {', '.join(known)}; received {', '.join(unknown)}.")
    return [known[name] for name in names or known]
