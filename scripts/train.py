"""The command `tfgans-train`."""

from tfgans.cli import train

if __name__ == "__main__":
    train.run()
