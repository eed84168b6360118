"""Toy worlds: endless points of mixtures whose modes are known."""

import dataclasses
from typing import ClassVar, Literal

import numpy as np
import tensorflow as tf

from tfgans.data.pipeline import Machine, numbered, share_of
from tfgans.data.split import SampleKind


@dataclasses.dataclass(frozen=True)
class ToyWorld:
    """A distribution of points whose modes are known.

    Attributes:
        name: Its name.
        centers: float32 [m, D], the means of its modes before the division by `scale`. The swiss roll has no modes,
            and places along the roll as centres.
        sigma: Standard deviation around each centre, in the same units.
        weights: Share of each mode.
        scale: Divisor of the points. Divided points reach to about 2, since a gradient penalty asks for slopes of 1,
            for which smaller worlds have no room. The worlds of LOGAN's code, `logan_...`, have a scale of 1.
    """

    name: str
    centers: np.ndarray
    sigma: float
    weights: tuple[float, ...]
    scale: float

    kind: ClassVar[SampleKind] = "point"
    split: ClassVar[str] = "without end"
    conditioning: ClassVar[Literal["none"]] = "none"
    label_names: ClassVar[tuple[str, ...]] = ()
    count: ClassVar[None] = None

    def __repr__(self) -> str:
        return f"<ToyWorld {self.name}: {len(self.centers):,} modes in {self.size} dimensions, sigma {self.sigma:g}>"

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """(D,)."""
        return (self.size,)

    @property
    def size(self) -> int:
        """Entries D of a point."""
        return self.centers.shape[1]

    def sample(self, rows: int, seed: tf.Tensor) -> tf.Tensor:
        """Draws points and divides them by `scale`.

        Args:
            rows: Number of points n.
            seed: Integers [2], a stateless seed: the same seed gives the same points.

        Returns:
            float32 [n, D].
        """
        which, where = tf.unstack(tf.random.experimental.stateless_split(seed, 2))
        logits = tf.math.log(tf.constant([self.weights], tf.float32))
        modes = tf.random.stateless_categorical(logits, rows, which)[0]
        noise = self.sigma * tf.random.stateless_normal([rows, self.size], where)
        return (tf.gather(tf.constant(self.centers, tf.float32), modes) + noise) / self.scale

    def part(self, fraction: float) -> "ToyWorld":
        """Returns the world, which has no other part than the whole.

        Raises:
            ValueError: If `fraction` is not 1.
        """
        if fraction != 1:
            raise ValueError(f"{self.name} is drawn without end, so the fraction must be 1; received {fraction}.")
        return self

    def examples(self, most: int) -> tuple[np.ndarray, None]:
        """Returns `most` points, float32 [n, D], always the same, and None for labels."""
        return self.sample(most, (0, 0)).numpy(), None

    def batches(
        self, batch_size: int, *, seed: int = 0, start: int = 0, flip: bool = False, machine: Machine = (0, 1)
    ) -> tf.data.Dataset:
        """Returns an endless dataset of batches `{"image": float32 [B, D]}`, each a function of (seed, number).

        Args:
            batch_size: Points in a batch.
            seed: Seed of all batches.
            start: Number of the first batch.
            flip: Must be False, since only images have a left and a right.
            machine: Number of this machine, and how many share each batch. Each gets its own points only.

        Raises:
            ValueError: If `flip` is True, or machines cannot share a batch equally.
        """
        if flip:
            raise ValueError(f"flip turns images; {self.name} has points.")

        share = share_of(batch_size, machine)

        def batch(number: tf.Tensor) -> dict[str, tf.Tensor]:
            pair = tf.stack([tf.constant(seed, tf.int64), number])
            return {"image": tf.ensure_shape(self.sample(batch_size, pair), [batch_size, self.size])[share]}

        return numbered(batch, start)


def _ring(count: int, radius: float) -> np.ndarray:
    angles = 2 * np.pi * np.arange(count) / count
    return radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _grid(coordinates: tuple[float, ...]) -> np.ndarray:
    return np.stack(np.meshgrid(coordinates, coordinates, indexing="ij"), axis=-1).reshape(-1, 2)


def _swiss_roll(count: int = 400) -> np.ndarray:
    """Returns points at equal distances along a spiral of one and a half turns."""
    angles = np.linspace(1.5 * np.pi, 4.5 * np.pi, 10 * count)
    curve = np.stack([angles * np.cos(angles), angles * np.sin(angles)], axis=1) / (4.5 * np.pi)
    lengths = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(curve, axis=0), axis=1))])
    places = np.linspace(0, lengths[-1], count)
    return np.stack([np.interp(places, lengths, column) for column in curve.T], axis=1)


def _random_swiss_roll(count: int = 1_000, seed: int = 0) -> np.ndarray:
    """Returns points of the same spiral at uniform random angles; the largest coordinate is 2."""
    angles = np.pi * np.random.default_rng(seed).uniform(1.5, 4.5, count)
    points = np.stack([angles * np.cos(angles), angles * np.sin(angles)], axis=1)
    return 2 * points / points.max()


def _world(name: str, centers: np.ndarray, sigma: float, scale: float, weights: np.ndarray | None = None) -> ToyWorld:
    weights = np.ones(len(centers)) if weights is None else weights
    shares = tuple(float(weight) for weight in weights / weights.sum())
    return ToyWorld(name, centers.astype(np.float32), sigma, shares, scale)


_LINE = np.concatenate([np.linspace(-0.5, 0.5, 5), [-5.0, 5.0]])[:, np.newaxis]

TOY_WORLDS: dict[str, ToyWorld] = {
    world.name: world
    for world in (
        _world("ring8", _ring(8, 1.0), 0.01, 0.5),
        _world("grid25", _grid((-4.0, -2.0, 0.0, 2.0, 4.0)), 0.05, 2.0),
        _world("rings16", np.concatenate([_ring(8, 1.0), _ring(8, 2.0)]), 0.01, 1.0),
        _world("swiss", _swiss_roll(), 0.01, 0.5),
        _world("line3", np.array([[-1.0], [0.0], [1.0]]), 0.01, 0.5, np.array([0.45, 0.1, 0.45])),
        _world("line7", _LINE, 0.01, 2.5),
        _world("logan_ring8", _ring(8, 1.0), 0.01, 1.0),
        _world("logan_grid25", _grid((-2.0, -1.0, 0.0, 1.0, 2.0)), 0.01, 1.0),
        _world("logan_swiss", _random_swiss_roll(), 0.01, 1.0),
        _world("logan_line7", _LINE, 0.01, 1.0),
    )
}
"""Toy worlds by name. `ring8` and `grid25` are the field's standard ones. LOGAN has two rings, `rings16`, and a swiss
roll, `swiss`; `line3` is its Fig. 2, with a small middle mode, and `line7` the line of its code. `logan_...` are the
worlds of its code in the sizes of the code, which `rings16` has too."""


def toy_world(name: str) -> ToyWorld:
    """Returns a toy world by name.

    Raises:
        ValueError: If there is no world of this name.
    """
    if name not in TOY_WORLDS:
        raise ValueError(f"Toy worlds are {', '.join(TOY_WORLDS)}; received {name!r}.")
    return TOY_WORLDS[name]
