"""The command `tfgans-compare`."""

import _checkout  # noqa: F401

from tfgans.cli import compare

if __name__ == "__main__":
    compare.run()
