"""The command `tfgans-publish`."""

from tfgans.cli import publish

if __name__ == "__main__":
    publish.run()
