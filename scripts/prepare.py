"""The command `tfgans-prepare`."""

from tfgans.cli import prepare

if __name__ == "__main__":
    prepare.run()
