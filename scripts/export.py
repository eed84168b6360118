"""The command `tfgans-export`."""

from tfgans.cli import export

if __name__ == "__main__":
    export.run()
