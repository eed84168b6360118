"""Adds the long description: README.md, with links that work outside of the checkout."""

import configparser
import pathlib
import re

from setuptools import setup

_ROOT = pathlib.Path(__file__).parent


def long_description() -> str:
    """Returns the text of README.md, whose links to pictures and to other files are absolute."""
    settings = configparser.ConfigParser()
    settings.read(_ROOT / "setup.cfg", encoding="utf-8")
    url = settings["metadata"]["url"]

    def absolute(link: re.Match[str]) -> str:
        view = "raw" if link[1].endswith(".png") else "blob"
        return f"]({url}/{view}/HEAD/{link[1]})"

    text = (_ROOT / "README.md").read_text(encoding="utf-8")
    return re.sub(r"\]\((?![a-z]+:|#)([^)\s]+)\)", absolute, text)


setup(long_description=long_description(), long_description_content_type="text/markdown")
