"""Exported generators with their cards, in this process."""

import os
import pathlib
from typing import Any

import tfgans
from tfgans._files import read_json
from tfgans.serving.card import read_card
from tfgans.serving.client import Client
from tfgans.serving.saved_model import MARK, latest_version, versions

# The folder of the checkout; an installed package has none.
_SAVED_MODELS = pathlib.Path(tfgans.__file__).parents[1] / "saved_models"
_HUB = "hf://"
_ROWS_AT_ONCE = 256


class Pretrained(Client):
    """An exported generator that runs in this process, with the methods of `Client`.

    Attributes:
        path: Folder of the version that is loaded.
        card: Its card, as `write_card` makes it; empty if it has none.
        mark: What its export recorded: `step`, and from format 2 on `prior` and `labels`.

    Args:
        path: Folder of the model's versions, or of one of them.

    Raises:
        FileNotFoundError: If there is no SavedModel in the folder.
        ValueError: If the folder of a version has no number for a name, or its card is damaged. All methods raise it
            as those of `Client` do.
    """

    def __init__(self, path: str | os.PathLike) -> None:
        path = pathlib.Path(path).resolve()
        version = path if (path / "saved_model.pb").is_file() else None
        if version is None:
            if not versions(path):
                raise FileNotFoundError(f"{path} holds no SavedModel, nor versions of one.")
            version = latest_version(path)
        if not version.name.isdecimal():
            raise ValueError(f"The folder of a version has a number for a name, such as {path / '1'}; received {path}.")
        super().__init__(
            f"file://{version.parent.parent}",
            version.parent.name,
            int(version.name),
            batch_size=_ROWS_AT_ONCE,
        )
        self.path = version
        self.card = read_card(version.parent)
        self.mark: dict[str, Any] = read_json(version / MARK) if (version / MARK).is_file() else {}


def from_pretrained(name_or_path: str | os.PathLike) -> Pretrained:
    """Loads a generator that was exported or published, with its card.

    The generator runs in this process and needs no server. It has the methods of the model, such as `sample` and
    `generate`, as far as the system has them.

    Args:
        name_or_path: A folder that `serving.export` or `scripts/publish.py` has written, or one of its versions; the
            name of a model in `saved_models` of the checkout, such as `cwgan_digits`; or `hf://USER/NAME`, a
            repository on the Hugging Face Hub, which needs the extra `hub` and is downloaded once.

    Returns:
        The generator.

    Raises:
        FileNotFoundError: If there is no such folder, name or repository.
        ValueError: If the folder of a version has no number for a name, or the card is damaged.
        MissingExtraError: If the Hub is asked, and the extra `hub` is not installed.
    """
    text = os.fspath(name_or_path)
    if text.startswith(_HUB):
        from tfgans.serving.hub import download

        return Pretrained(download(text.removeprefix(_HUB)))
    for folder in (pathlib.Path(text), _SAVED_MODELS / text):
        if folder.is_dir():
            return Pretrained(folder)
    known = sorted(path.name for path in _SAVED_MODELS.glob("*") if versions(path))
    raise FileNotFoundError(f"There is no folder {text}, and no model of that name; the models are {', '.join(known)}.")
