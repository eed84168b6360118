"""GANs that keep the modes of their data: TensorFlow 2 and Keras 3.

`tfgans.ConditionalWGANGP` and the other models are Keras models. `tfgans.run` trains a recipe of `tfgans.recipes` in a
folder, and `tfgans.load` loads the model of such a folder. Importing the package loads neither TensorFlow nor Keras;
using its names does.
"""

import importlib
import json
import os
import pathlib
import sys
from typing import Any

__version__ = "0.1.0.dev0"

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
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


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


if _keras_backend() != "tensorflow":
    raise ImportError(
        f"tfgans needs Keras with the TensorFlow backend; it is {_keras_backend()!r}. "
        "Set KERAS_BACKEND=tensorflow before Keras is imported."
    )
