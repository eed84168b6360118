"""Compares the search of neighbours in a bank with scikit-learn's brute force, over all codes and within classes.

Both take turns, and the best turn counts, since other work on the machine only slows a turn. It prints lines of
JSON. A ratio above 1 means that tfgans is faster by that factor.
"""

from collections.abc import Callable

from _turns import best_rates, report
from absl import app, flags

_CLASSES = 10

FLAGS = flags.FLAGS
flags.DEFINE_multi_string("sizes", ["60000x64", "20000x512"], "Codes x entries of each.")
flags.DEFINE_integer("neighbours", 100, "m, neighbours of a code.", lower_bound=1)
flags.DEFINE_integer("turns", 1, "Turns of each implementation, after a first one that does not count.", lower_bound=1)


def main(argv: list[str]) -> None:
    """Measures all sizes, over all codes and within ten classes."""
    import numpy as np

    for size in FLAGS.sizes:
        count, entries = map(int, size.split("x"))
        codes = np.random.default_rng(0).standard_normal((count, entries), dtype=np.float32)
        compare(f"{FLAGS.neighbours} neighbours of {size}", codes, np.zeros(count, np.int32))
        compare(f"{FLAGS.neighbours} neighbours of {size} in {_CLASSES} classes", codes, np.arange(count) % _CLASSES)


def compare(what: str, codes: "np.ndarray", labels: "np.ndarray") -> None:  # noqa: F821 - NumPy is imported late
    """Prints the seconds of both, and their ratio."""
    from tfgans import latent

    runs = {
        "tfgans": lambda: latent.nearest_neighbours(codes, FLAGS.neighbours, labels),
        "scikit-learn": by_scikit_learn(codes, labels),
    }
    rates = best_rates(runs, 1, FLAGS.turns)
    for name, rate in rates.items():
        report(f"{what}, {name}", 1 / rate, "s")
    report(what, rates["tfgans"] / rates["scikit-learn"], "ratio", "scikit-learn")


def by_scikit_learn(codes: "np.ndarray", labels: "np.ndarray") -> Callable[[], None]:  # noqa: F821
    """The same with `NearestNeighbors`, which finds each code among its own neighbours too."""
    import numpy as np
    from sklearn.neighbors import NearestNeighbors

    def run() -> None:
        for label in np.unique(labels):
            members = codes[labels == label]
            NearestNeighbors(n_neighbors=FLAGS.neighbours + 1, algorithm="brute").fit(members).kneighbors(members)

    return run


if __name__ == "__main__":
    app.run(main)
