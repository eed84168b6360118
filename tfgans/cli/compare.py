"""Writes a page that compares runs: `python scripts/compare.py`, or `tfgans-compare`.

scripts/compare.py runs/cwgan/digits/0 runs/cgan/digits/0
scripts/compare.py runs/cwgan/digits/0 runs/cwgan/digits/1 --out=seeds.html
"""

from absl import flags

from tfgans.cli import _app

FLAGS = flags.FLAGS


def define_flags() -> None:
    """Defines the flags of the command."""
    _app.group("Page")
    flags.DEFINE_string("out", "compare.html", "HTML file of the page, which holds its pictures and loads nothing.")


def main(*workdirs: str) -> None:
    """Writes the page, and prints its path."""
    out = _app.output_path(FLAGS.out, (".html",))
    if not workdirs:
        raise ValueError("Name the folders of one or more runs, such as runs/cwgan/digits/0.")

    from tfgans import pages

    print(f"page: {pages.write_comparison(workdirs, out)}")


def run() -> None:
    """Runs the command."""
    _app.run(define_flags, main, takes_paths=True)
