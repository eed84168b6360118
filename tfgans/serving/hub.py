"""Published generators on the Hugging Face Hub."""

import os
import pathlib
from typing import TYPE_CHECKING

from tfgans._errors import first_line, needs_extra
from tfgans.serving.card import CARD, PAGE, SAMPLES

if TYPE_CHECKING:
    import huggingface_hub

# All that a published generator consists of. Other files of a repository are neither sent nor fetched.
_FILES = [
    CARD,
    PAGE,
    SAMPLES,
    "*/saved_model.pb",
    "*/fingerprint.pb",
    "*/variables/*",
    "*/assets/*",
    "*/assets.extra/*",
]


def push(folder: str | os.PathLike, repository: str, *, private: bool = False) -> str:
    """Sends a published generator to the Hub, in one commit.

    Args:
        folder: Folder of the versions and the card, as `training.publish` writes it.
        repository: `USER/NAME`. It is created if it does not exist.
        private: Whether a new repository is private.

    Returns:
        The address of the repository.

    Raises:
        FileNotFoundError: If the folder has no card.
        ValueError: If the name of the repository has another form.
        MissingExtraError: If the extra `hub` is not installed.
        OSError: If the Hub cannot be reached or refuses, for example since nobody has logged in with `hf auth login`.
    """
    folder = pathlib.Path(folder)
    if not (folder / CARD).is_file():
        raise FileNotFoundError(f"{folder} has no {CARD}; publish a run there first.")
    api = _api()
    try:
        address = api.create_repo(repository, private=private, exist_ok=True)
        api.upload_folder(
            repo_id=repository, folder_path=folder, allow_patterns=_FILES, commit_message=f"Publish {folder.name}"
        )
    except ValueError:
        raise
    # The HTTP library of the Hub's client has errors of its own, which are no OSErrors.
    except Exception as error:
        raise OSError(f"{repository} cannot be sent to the Hub: {first_line(error)}") from error
    return str(address)


def download(repository: str) -> pathlib.Path:
    """Fetches a published generator from the Hub, unless the newest is in the cache, and returns its folder.

    Args:
        repository: `USER/NAME`, or `USER/NAME@REVISION` for a branch, a tag or a commit.

    Raises:
        FileNotFoundError: If there is no such repository or revision, or the Hub cannot be reached.
        MissingExtraError: If the extra `hub` is not installed.
    """
    name, _, revision = repository.partition("@")
    api = _api()
    try:
        return pathlib.Path(api.snapshot_download(name, revision=revision or None, allow_patterns=_FILES))
    # All errors of the Hub are OSErrors, and wrong names of repositories ValueErrors.
    except (OSError, ValueError) as error:
        raise FileNotFoundError(f"hf://{repository} cannot be fetched: {first_line(error)}") from error


def _api() -> "huggingface_hub.HfApi":
    with needs_extra("hub"):
        import huggingface_hub
    return huggingface_hub.HfApi(endpoint=os.environ.get("HF_ENDPOINT"))
