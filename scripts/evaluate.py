"""The command `tfgans-evaluate`."""

from tfgans.cli import evaluate

if __name__ == "__main__":
    evaluate.run()
