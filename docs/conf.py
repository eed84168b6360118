"""Settings of the documentation site: `python docs/build.py` builds it."""

import os
from typing import Any

# Pages that run code say nothing about TensorFlow's start.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

project = "tfgans"
author = "The tfgans developers"
copyright = author
html_title = "tfgans"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
# The root of the repository is the source folder, so that pages and the papers' folders link to each other.
include_patterns = ["docs/**", "papers/*/README.md", "saved_models/README.md", "CHANGELOG.md"]
exclude_patterns = ["docs/_build", "docs/_root"]
root_doc = "docs/index"
html_extra_path = ["_root"]
html_theme = "furo"
html_theme_options = {"navigation_with_keys": True}
# Docstrings have single backticks for code.
default_role = "code"
# Docstrings of Keras follow other rules.
autodoc_default_options = {"members": True, "exclude-members": "from_config, get_config, build, compute_mask"}
autodoc_inherit_docstrings = False
autodoc_typehints = "description"
autodoc_member_order = "groupwise"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
myst_enable_extensions = ["dollarmath", "attrs_inline"]
myst_heading_anchors = 3
nb_execution_mode = "cache"
nb_execution_timeout = 600
nb_execution_raise_on_error = True
nb_merge_streams = True
# TensorFlow writes lines about the machine there.
nb_output_stderr = "remove"


_SECTIONS = ("Args:", "Attributes:", "Raises:", "Returns:", "Yields:")


def _from_markdown(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Makes reStructuredText of what docstrings have of Markdown: indented blocks, and bars of norms."""
    converted: list[str] = []
    before = ""
    for number, line in enumerate(lines):
        follows_text = before and not before.startswith(" ") and before not in _SECTIONS
        if line.startswith("    ") and number and not lines[number - 1].strip() and follows_text:
            converted += ["::", ""]
        # The code of an example is not indented, so that it is no section of the docstring.
        converted.append("**Example**" if line == "Example:" else line)
        before = line if line.strip() else before
    is_block = False
    for number, line in enumerate(converted):
        is_block = line == "::" or (is_block and (line.startswith("    ") or not line.strip()))
        if not is_block:
            converted[number] = line.replace("|", r"\|")
    lines[:] = converted


def setup(app: Any) -> None:
    """Converts docstrings before their sections are."""
    app.connect("autodoc-process-docstring", _from_markdown, priority=400)
