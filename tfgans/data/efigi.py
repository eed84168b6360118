"""EFIGI galaxies, as a data set of tensorflow-datasets."""

import os
import pathlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow_datasets as tfds

from tfgans.data.files import check_file, read_text

EFIGI_ATTRIBUTES = (
    "T",
    "Bulge_to_Total",
    "Arm_Strength",
    "Arm_Curvature",
    "Arm_Rotation",
    "Bar_Length",
    "Inner_Ring",
    "Outer_Ring",
    "Pseudo_Ring",
    "Perturbation",
    "Visible_Dust",
    "Dust_Dispersion",
    "Flocculence",
    "Hot_Spots",
    "Inclination",
    "Contamination",
    "Multiplicity",
)
"""Names of the attributes of a galaxy, in the order of the table."""

_TABLE = "EFIGI_attributes.txt"
_IMAGES = "png"


class Efigi(tfds.core.GeneratorBasedBuilder):
    """4,458 nearby galaxies with 17 attributes of their shape (Baillard et al. 2011)."""

    VERSION = tfds.core.Version("1.0.0")
    MANUAL_DOWNLOAD_INSTRUCTIONS = f"Put {_TABLE} and the folder {_IMAGES} of colour images there, from efigi.org."

    def _info(self) -> tfds.core.DatasetInfo:
        features = {
            "id": tfds.features.Text(),
            "image": tfds.features.Image(shape=(None, None, 3), encoding_format="png"),
            "attributes": tfds.features.Tensor(shape=(len(EFIGI_ATTRIBUTES),), dtype=np.float32),
        }
        return tfds.core.DatasetInfo(
            builder=self,
            description=self.__doc__,
            features=tfds.features.FeaturesDict(features),
            homepage="https://www.astromatic.net/projects/efigi/",
        )

    def _split_generators(self, dl_manager: tfds.download.DownloadManager) -> dict[str, Any]:
        folder = pathlib.Path(dl_manager.manual_dir)
        return {"train": self._generate_examples(folder / _TABLE, folder / _IMAGES)}

    def _generate_examples(self, table: pathlib.Path, images: pathlib.Path) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, attributes in read_efigi_attributes(table).items():
            image = images / f"{name}.png"
            check_file(image)
            yield name, {"id": name, "image": image, "attributes": attributes}


def read_efigi_attributes(path: str | os.PathLike) -> dict[str, np.ndarray]:
    """Reads the table of attributes.

    Args:
        path: Text file with a line for each galaxy: its PGC name, then value, lower and upper bound of each of the 17
            attributes. Lines that begin with # are comments.

    Returns:
        The 17 values of each galaxy by its name, float32 [17]. All but `T` lie in [0, 1]; -1 means not set.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is not in UTF-8, or a line has another form; the message has the line's number.
    """
    columns = 1 + 3 * len(EFIGI_ATTRIBUTES)
    galaxies = {}
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, *texts = line.split()
        try:
            values = np.array(texts, np.float32)
        except ValueError as error:
            raise ValueError(f"{path}, line {number}: {error}.") from error
        if len(values) != columns - 1:
            raise ValueError(f"{path}, line {number}: expected {columns} columns; received {1 + len(values)}.")
        if not np.all(np.isfinite(values)):
            raise ValueError(f"{path}, line {number}: values must be finite; received {' '.join(texts)}.")
        galaxies[name] = values[::3]
    return galaxies
