"""Builds the API reference from the docstrings in docs/api; a warning is an error. Needs the extra `docs`."""

import pathlib
import warnings

import pdoc

import tfgans


def main() -> None:
    """Writes docs/api."""
    # pdoc looks for names in the module itself; these come when they are asked for.
    vars(tfgans).update({name: getattr(tfgans, name) for name in tfgans.__all__})
    # From here on: what the libraries warn of as they are imported is not of our docstrings.
    warnings.simplefilter("error")
    pdoc.render.configure(docformat="google")
    pdoc.pdoc("tfgans", output_directory=pathlib.Path(__file__).with_name("api"))


if __name__ == "__main__":
    main()
