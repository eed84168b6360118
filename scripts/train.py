"""The command `tfgans-train`."""

import _checkout  # noqa: F401

from tfgans.cli import train

if __name__ == "__main__":
    train.run()
