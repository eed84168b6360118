"""The command `tfgans-client`."""

from tfgans.cli import client

if __name__ == "__main__":
    client.run()
