"""The command `tfgans-reproduce`."""

from tfgans.cli import reproduce

if __name__ == "__main__":
    reproduce.run()
