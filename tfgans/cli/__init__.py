"""The commands: flags, and one call each. A command imports TensorFlow only when it needs it."""

import tfgans

# The other project has its own `__init__.py`, and may have replaced that of this package.
if getattr(tfgans, "DISTRIBUTION", None) != "tfgans-keras":
    raise ImportError(
        f"{tfgans.__file__} is of the project tfgans, and not of tfgans-keras, which has the same import name. "
        "Run: pip uninstall tfgans tfgans-keras; pip install tfgans-keras."
    )
