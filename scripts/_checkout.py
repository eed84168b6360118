"""Lets the scripts use the packages of this checkout, whatever else is installed under their names."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
