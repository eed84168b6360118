"""The command `tfgans-client`."""

import _checkout  # noqa: F401

from tfgans.cli import client

if __name__ == "__main__":
    client.run()
