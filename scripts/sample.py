"""The command `tfgans-sample`."""

import _checkout  # noqa: F401

from tfgans.cli import sample

if __name__ == "__main__":
    sample.run()
