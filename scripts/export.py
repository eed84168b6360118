"""The command `tfgans-export`."""

import _checkout  # noqa: F401

from tfgans.cli import export

if __name__ == "__main__":
    export.run()
