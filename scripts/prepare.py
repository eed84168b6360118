"""The command `tfgans-prepare`."""

import _checkout  # noqa: F401

from tfgans.cli import prepare

if __name__ == "__main__":
    prepare.run()
