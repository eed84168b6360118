"""The command `tfgans-explore`."""

from tfgans.cli import explore

if __name__ == "__main__":
    explore.run()
