"""FaceScrub, as a data set of tensorflow-datasets."""

import pathlib
from collections.abc import Iterator, Sequence
from typing import Any

import tensorflow_datasets as tfds

from tfgans.data.files import check_file, image_files

_IMAGES = "faces"
_TEST_EVERY = 10

Face = tuple[pathlib.Path, str]


class FaceScrub(tfds.core.GeneratorBasedBuilder):
    """Aligned faces of 530 actors and actresses (Ng and Winkler 2014), with the person as class.

    Every tenth face of a person belongs to the test split; X-GAN tests on 4,412 images (Table 1).
    """

    VERSION = tfds.core.Version("1.0.0")
    MANUAL_DOWNLOAD_INSTRUCTIONS = f"Put the folder {_IMAGES} there, with a subfolder of aligned crops for each person."

    def _info(self) -> tfds.core.DatasetInfo:
        features = {
            "image": tfds.features.Image(shape=(None, None, 3)),
            # The names of the folders are the names of the classes, so they are set later.
            "label": tfds.features.ClassLabel(),
        }
        return tfds.core.DatasetInfo(
            builder=self,
            description=self.__doc__,
            features=tfds.features.FeaturesDict(features),
            homepage="https://vintage.winklerbros.net/facescrub.html",
        )

    def _split_generators(self, dl_manager: tfds.download.DownloadManager) -> dict[str, Any]:
        folder = pathlib.Path(dl_manager.manual_dir) / _IMAGES
        if not folder.is_dir():
            raise FileNotFoundError(f"There is no folder {folder}; it must have a subfolder for each person.")
        people = sorted(path for path in folder.iterdir() if path.is_dir())
        self.info.features["label"].names = [person.name for person in people]
        train: list[Face] = []
        test: list[Face] = []
        for person in people:
            for number, file in enumerate(image_files(person, recursive=False), start=1):
                (train if number % _TEST_EVERY else test).append((file, person.name))
        return {"train": self._generate_examples(train), "test": self._generate_examples(test)}

    def _generate_examples(self, faces: Sequence[Face]) -> Iterator[tuple[str, dict[str, Any]]]:
        for file, person in faces:
            check_file(file)
            yield f"{person}/{file.name}", {"image": file, "label": person}
