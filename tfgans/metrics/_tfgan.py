"""The modules of TensorFlow-GAN that still work.

`import tensorflow_gan` 2.1.0 fails on TensorFlow 2.16 and later, since its `__init__` files use `tf.estimator`. Its
modules of metrics do not, so they are imported below empty packages.
"""

import importlib
import importlib.machinery
import importlib.util
import sys
import types

_PACKAGES = ("tensorflow_gan", "tensorflow_gan.python", "tensorflow_gan.python.eval")


def module(name: str) -> types.ModuleType:
    """Returns a module of `tensorflow_gan.python.eval`, such as `classifier_metrics`."""
    spec = importlib.util.find_spec(_PACKAGES[0])
    if spec is None or spec.submodule_search_locations is None:
        raise ModuleNotFoundError("tensorflow-gan is not installed; run pip install tensorflow-gan.")
    root = spec.submodule_search_locations[0]
    for package in _PACKAGES:
        if package not in sys.modules:
            empty = types.ModuleType(package)
            empty.__path__ = [root + package.removeprefix(_PACKAGES[0]).replace(".", "/")]
            # `find_spec` reads it at the next call.
            empty.__spec__ = importlib.machinery.ModuleSpec(package, None, is_package=True)
            empty.__spec__.submodule_search_locations = empty.__path__
            sys.modules[package] = empty
    return importlib.import_module(f"{_PACKAGES[-1]}.{name}")
