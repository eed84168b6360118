"""GANs that keep the modes of their data: TensorFlow 2 and Keras 3.

`tfgans.ConditionalWGANGP` and the other models are Keras models. `tfgans.run` trains a recipe of `tfgans.recipes` in a
folder, and `tfgans.load` loads the model of such a folder. Importing the package loads neither TensorFlow nor Keras;
using its names does.
"""

import importlib
import importlib.metadata
import json
import os
import pathlib
import sys
from typing import Any

__version__ = "0.1.0.dev0"

DISTRIBUTION = "tfgans-keras"
"""Name under which pip knows this package."""

_HOMES = {
    "BEGAN": "models",
    "BEGANCS": "models",
    "CVAEGAN": "models",
    "GAN": "models",
    "LOGAN": "models",
    "MDGAN": "models",
    "VAE": "models",
    "VEEGAN": "models",
    "XGAN": "models",
    "AdversarialModel": "models",
    "AdversarialVAE": "models",
    "AdversarialXGAN": "models",
    "BiGAN": "models",
    "ConditionalGAN": "models",
    "ConditionalWGANGP": "models",
    "VariationalXGAN": "models",
    "evaluate": "training",
    "from_pretrained": "serving",
    "load": "training",
    "run": "training",
}
_SUBPACKAGES = (
    "augmentation",
    "callbacks",
    "choices",
    "data",
    "equilibrium",
    "evaluation",
    "faces",
    "latent",
    "losses",
    "metrics",
    "models",
    "networks",
    "pages",
    "plots",
    "recipes",
    "serving",
    "training",
)

__all__ = ["__version__", *sorted(_HOMES), *_SUBPACKAGES]


def __getattr__(name: str) -> Any:
    if name in _SUBPACKAGES:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    from tfgans.choices import suggestion

    message = f"module {__name__!r} has no attribute {name!r}"
    # Python and Keras ask for attributes with underscores, and only look whether they are there.
    raise AttributeError(message if name.startswith("_") else f"{message}. {suggestion(name, __all__, ' ')}".rstrip())


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _keras_backend() -> str:
    """Returns the backend of Keras, or the one that Keras will have once it is imported."""
    if "keras" in sys.modules:
        return sys.modules["keras"].backend.backend()
    if os.environ.get("KERAS_BACKEND"):
        return os.environ["KERAS_BACKEND"]
    home = pathlib.Path(os.environ.get("KERAS_HOME", pathlib.Path.home() / ".keras"))
    try:
        return json.loads((home / "keras.json").read_text(encoding="utf-8")).get("backend", "tensorflow")
    except (OSError, ValueError):
        return "tensorflow"


def _check_no_other_project_is_mixed_in() -> None:
    """Raises ImportError if the other project of this name was installed into the folder of this package."""
    try:
        other = importlib.metadata.distribution("tfgans")
    except importlib.metadata.PackageNotFoundError:
        return
    written = other.read_text("RECORD") or ""
    here = pathlib.Path(__file__)
    if f"{here.parent.name}/{here.name}," in written and pathlib.Path(str(other.locate_file(""))) == here.parents[1]:
        raise ImportError(
            f"{here.parent} has files of two projects: tfgans-keras, and tfgans {other.version}, which is another "
            "project with the same import name. Run: pip uninstall tfgans tfgans-keras; pip install tfgans-keras."
        )


# A step of images takes two thirds of the time with oneDNN, which TensorFlow turns on by itself on newer processors
# alone. It reads this once, as it loads.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

_check_no_other_project_is_mixed_in()

if _keras_backend() != "tensorflow":
    raise ImportError(
        f"tfgans needs Keras with the TensorFlow backend; it is {_keras_backend()!r}. "
        "Set KERAS_BACKEND=tensorflow before Keras is imported."
    )
