"""Models in double precision."""

import contextlib


@contextlib.contextmanager
def double_precision():
    """Models that are built in this context compute in double precision."""
    import keras

    keras.config.set_dtype_policy("float64")
    try:
        yield
    finally:
        keras.config.set_dtype_policy("float32")
