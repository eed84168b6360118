"""The command `tfgans-publish`."""

import _checkout  # noqa: F401

from tfgans.cli import publish

if __name__ == "__main__":
    publish.run()
