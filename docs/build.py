"""Builds the documentation site in docs/_build; a warning is an error. Needs the extra `docs`.

The tutorials run as they are built, each for at most two minutes of a CPU. Their outputs are kept until their code
changes.
"""

import pathlib
import sys

from sphinx.cmd.build import main

ROOT = pathlib.Path(__file__).parent.parent

if __name__ == "__main__":
    folders = [str(ROOT), str(ROOT / "docs" / "_build" / "html")]
    options = ["-W", "--keep-going", "-q", "-b", "html", "-c", str(ROOT / "docs")]
    sys.exit(main([*options, *sys.argv[1:], *folders]))
