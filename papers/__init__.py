"""Experiments: one function per table or figure of a paper, and the report of all."""

from tfgans.experiments import avae, began_cs, beyond, cwgan, logan, xgan
from tfgans.experiments.exhibits import EXHIBITS, Exhibit
from tfgans.experiments.frame import Item, Measured, Plan, Trial, describe, run_item, table
from tfgans.experiments.paper_scale import describe_costs, recipes_of, take_two_steps
from tfgans.experiments.report import report, with_scores, write_report

__all__ = [
    "EXHIBITS",
    "Exhibit",
    "Item",
    "Measured",
    "Plan",
    "Trial",
    "describe",
    "describe_costs",
    "items",
    "papers",
    "recipes_of",
    "report",
    "run_item",
    "table",
    "take_two_steps",
    "with_scores",
    "write_report",
]

_PAPERS = {
    "avae": avae.ITEMS,
    "began_cs": began_cs.ITEMS,
    "beyond": beyond.ITEMS,
    "cwgan": cwgan.ITEMS,
    "logan": logan.ITEMS,
    "xgan": xgan.ITEMS,
}


def papers() -> list[str]:
    """Papers with experiments, and `beyond`, which has those of none."""
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
