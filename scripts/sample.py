"""The command `tfgans-sample`."""

from tfgans.cli import sample

if __name__ == "__main__":
    sample.run()
