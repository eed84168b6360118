"""Cards of published generators: data, licence, recipe and scores."""

import pathlib
from typing import Any

from tfgans._files import read_json

CARD = "card.json"
"""File of the card, in the folder of a model's versions."""


def read_card(folder: pathlib.Path) -> dict[str, Any]:
    """Returns the card in a folder of a model's versions; empty if there is none.

    Raises:
        ValueError: If it is damaged.
    """
    path = folder / CARD
    card = read_json(path) if path.is_file() else {}
    if not isinstance(card, dict):
        raise ValueError(f"{path} is damaged: it holds no object.")
    return card
