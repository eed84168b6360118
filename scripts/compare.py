"""The command `tfgans-compare`."""

from tfgans.cli import compare

if __name__ == "__main__":
    compare.run()
