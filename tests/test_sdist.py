"""The files of an sdist. Setuptools itself builds it, from a copy of the checkout."""

import email
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

import pytest

ROOT = pathlib.Path(__file__).parents[1]
FILES = (
    "setup.py",
    "setup.cfg",
    "pyproject.toml",
    "MANIFEST.in",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "CITATION.cff",
)
FOLDERS = ("tfgans", "tests", "docs", "scripts", "papers")


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    """The names of the files in the sdist, and the text of its metadata."""
    copy, out = tmp_path_factory.mktemp("checkout"), tmp_path_factory.mktemp("sdist")
    for name in FILES:
        shutil.copy(ROOT / name, copy)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.png", "api"))
    code = f"from setuptools import build_meta; print(build_meta.build_sdist({str(out)!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (path,) = out.iterdir()
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
        (info,) = [member for member in archive.getmembers() if re.fullmatch(r"[^/]+/PKG-INFO", member.name)]
        return names, archive.extractfile(info).read().decode()


def test_tests_docs_and_scripts_are_there(sdist):
    names, _ = sdist
    wanted = ["tests/test_sdist.py", "tests/conformance/table.py", "docs/data.md", "scripts/train.py", "CHANGELOG.md"]
    assert set(wanted) <= names
    assert {"tfgans/py.typed", "tfgans/data/avatars32.npz", "papers/cwgan/results/fig3.json"} <= names
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_metadata(sdist):
    message = email.message_from_string(sdist[1])
    assert message["Name"] == "tfgans-keras"
    assert message["Author"] == "The tfgans developers"
    assert message["Home-page"].startswith("https://")
    assert message["Description-Content-Type"] == "text/markdown"


def test_links_of_the_long_description_are_absolute(sdist):
    links = re.findall(r"\]\(([^)\s]+)", sdist[1])
    there = re.findall(r"\]\(([^)\s]+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(links) == len(there)
    assert all(link.startswith(("https://", "#")) for link in links)
    pictures = [link for link in links if link.endswith(".png")]
    assert pictures
    assert all("/raw/HEAD/" in link for link in pictures)
