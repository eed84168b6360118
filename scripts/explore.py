"""The command `tfgans-explore`."""

import _checkout  # noqa: F401

from tfgans.cli import explore

if __name__ == "__main__":
    explore.run()
