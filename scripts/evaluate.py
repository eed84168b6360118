"""The command `tfgans-evaluate`."""

import _checkout  # noqa: F401

from tfgans.cli import evaluate

if __name__ == "__main__":
    evaluate.run()
