"""A client of TensorFlow Serving."""

import functools
import io
import math
import pathlib
import random
import time
import urllib.parse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from tfgans._errors import needs_extra
from tfgans.faces import input_name, refuse_bytes, row_seeds
from tfgans.serving._local import Local
from tfgans.serving._transport import NOTHING, RefusalError, Signature, Transport

if TYPE_CHECKING:
    import PIL.Image

# Seconds before a request is sent again for the first time.
_FIRST_PAUSE = 0.1

# Types of values that the client converts to each kind of dtype.
_TYPES: dict[str, type | tuple[type, ...]] = {"i": np.integer, "f": (np.integer, np.floating), "O": bytes}

_ERRORS = {
    "INVALID_ARGUMENT": ValueError,
    "FAILED_PRECONDITION": ValueError,
    "NOT_FOUND": ValueError,
    "DEADLINE_EXCEEDED": TimeoutError,
    "UNAVAILABLE": ConnectionError,
}


class Client:
    """A client of a model on TensorFlow Serving, with the methods that the model has in Python.

    The samples of a toy world are points instead of images. If the signature takes labels, there is one for each row,
    or one for all rows. A class is an integer; weights of classes are only for a model in Python.

    ```
    client = Client("http://localhost:8501", "cwgan_digits")
    images = client.sample(3, labels=[0, 1, 2], seed=0)  # [3, 8, 8, 1] in [-1, 1]
    ```

    Args:
        address: `http://HOST:8501` or `https://...` for REST; `grpc://HOST:8500` for gRPC, without encryption;
            `file:///FOLDER` for the SavedModel FOLDER/NAME/VERSION in this process, which needs no server.
        model: Name of the model on the server.
        version: Its version; by default the newest that is served.
        timeout: Seconds from the first attempt at a request to the last byte of its answer, with all retries and the
            pauses between them. If a request is sent in several parts, each part has this time.
        retries: How often to send a request again if the server is unavailable, or if it merged the request with
            another client's malformed one. The first pause is at most 0.1 s, and each pause is twice as long as the
            one before. There are no retries after `timeout`.
        batch_size: Most rows of one request; at most `max_batch_size` of the server's `batching.config`. More rows are
            sent in several requests, all to one version: `version`, or the newest when they begin. If the server
            unloads it before they end, that is a ValueError.

    Raises:
        MissingExtraError: If the extra `serving` is not installed.
        ValueError: If the address has another form. All methods raise it if the server lacks the model or the
            signature, if an input does not fit, or if a row is invalid for the model.
        ConnectionError: By all methods, if the server cannot be reached or its queue is full.
        TimeoutError: By all methods, if there is no answer in time.
        OSError: By all methods, if the server fails otherwise, redirects, or sends an answer that does not fit: another
            type, shape or number of rows than the signature's, Infinity, or more than 1 GiB.
    """

    def __init__(
        self,
        address: str,
        model: str,
        version: int | None = None,
        *,
        timeout: float = 30.0,
        retries: int = 5,
        batch_size: int = 64,
    ) -> None:
        if batch_size < 1 or retries < 0 or not 0 < timeout < math.inf:
            raise ValueError(
                "Expected batch_size >= 1, retries >= 0 and a finite timeout > 0; "
                f"received {batch_size}, {retries}, {timeout}."
            )
        self.address = address
        self.model = model
        self._version = version
        self._timeout = timeout
        self._retries = retries
        self._batch_size = batch_size
        self._transport = _connect(address, model, version)
        # Requests of several parts go to one version each.
        self._of_versions: dict[int, Client] = {}

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._transport.close()
        for client in self._of_versions.values():
            client.close()

    def versions(self) -> list[int]:
        """Returns the versions of the model that are served, ascending."""
        return sorted(self._patiently(self._transport.versions))

    def signatures(self) -> dict[str, Signature]:
        """Returns the model's signatures by name; it asks the server once."""
        return self._signatures

    @functools.cached_property
    def _signatures(self) -> dict[str, Signature]:
        return self._patiently(self._transport.signatures)

    @property
    def kind(self) -> str:
        """`image` or `point`, the kind of the model's samples."""
        return next(iter(self._signature("sample").outputs))

    def sample(self, n: int, labels: Any = None, seed: int | Sequence[int] | None = None) -> np.ndarray:
        """Draws images [n, H, W, C] in [-1, 1], or points [n, D]; seeds are those of `AdversarialModel.sample`."""
        return self._ask("sample", labels, seed=row_seeds(n, seed))

    def sample_png(
        self, n: int, labels: Any = None, seed: int | Sequence[int] | None = None
    ) -> list["PIL.Image.Image"]:
        """Draws images as `sample`, and returns them as PIL images."""
        return [self._image(file) for file in self._answer("sample_png", labels, seed=row_seeds(n, seed))]

    def sample_near(self, images: Any, labels: Any = None, seed: int | Sequence[int] | None = None) -> np.ndarray:
        """Draws samples of an X-GAN near images or points, which are its condition."""
        return self._ask("sample_near", labels, images=images, seed=row_seeds(len(images), seed))

    def generate(self, latent: Any, labels: Any = None) -> np.ndarray:
        """Generates images or points from latent vectors [n, N]."""
        return self._ask("generate", labels, latent=latent)

    def discriminate(self, images: Any, latent: Any = None, labels: Any = None) -> np.ndarray:
        """Returns logits or energies [n] of images or points; a BiGAN also needs `latent` [n, N]."""
        pair = {} if latent is None else {"latent": latent}
        return self._ask("discriminate", labels, images=images, **pair)

    def examine(self, images: Any) -> np.ndarray:
        """Reconstructs images or points with a discriminator that is an auto-encoder."""
        return self._ask("examine", images=images)

    def encode(self, images: Any, labels: Any = None) -> np.ndarray:
        """Returns latent vectors [n, N] of images [n, H, W, C] in [-1, 1], or points [n, D]."""
        return self._ask("encode", labels, images=images)

    def encode_png(self, images: Sequence["PIL.Image.Image"], labels: Any = None) -> np.ndarray:
        """Encodes PIL images of the model's size, in a mode that PNG has; the server converts their colours."""
        return self._answer("encode_png", labels, image_bytes=[_png(image) for image in images])

    def reconstruct(self, images: Any, labels: Any = None) -> np.ndarray:
        """Reconstructs images or points from their latent vectors."""
        return self._ask("reconstruct", labels, images=images)

    def interpolate(self, images_a: Any, images_b: Any, weights: Any, labels: Any = None) -> np.ndarray:
        """Interpolates between pairs of images, with weights [n] in [0, 1]; 0 is the first image."""
        return self._ask("interpolate", labels, images_a=images_a, images_b=images_b, weights=weights)

    def traverse(self, images: Any, dimensions: Any, values: Any, labels: Any = None) -> np.ndarray:
        """Returns images with one entry of their latents, `dimensions` integer [n], set to `values` [n]."""
        return self._ask("traverse", labels, images=images, dimensions=dimensions, values=values)

    def morph(self, images: Any, weights: Any, labels: Any = None) -> np.ndarray:
        """Combines four images each, [n, 4, ...], with weights [n, 4] of sum 1."""
        return self._ask("morph", labels, images=images, weights=weights)

    def predict(self, signature: str, **inputs: Any) -> dict[str, np.ndarray]:
        """Calls a signature by its name and the names of its inputs.

        Args:
            signature: Name of the signature.
            **inputs: All of its inputs, with equal numbers of rows.

        Returns:
            Its outputs by name. An invalid row, which is `NOTHING` on the server, is NaN here, or b"".
        """
        specs, outputs = self._signature(signature).inputs, self._signature(signature).outputs
        if inputs.keys() != specs.keys():
            raise ValueError(f"{signature} takes {', '.join(specs)}; received {', '.join(inputs)}.")
        arrays = {name: _fit(name, inputs[name], spec) for name, spec in specs.items()}
        rows = {name: len(array) for name, array in arrays.items()}
        count = max(rows.values())
        if min(rows.values()) != count or count < 1:
            raise ValueError(f"Expected inputs of as many rows each, at least 1; received {rows}.")
        if count > self._batch_size and self._version is None:
            return self._pinned().predict(signature, **inputs)
        parts = []
        for start in range(0, count, self._batch_size):
            part = {name: array[start : start + self._batch_size] for name, array in arrays.items()}
            parts.append(self._patiently(self._transport.predict, signature, part, outputs))
        return {name: _with_nan(np.concatenate([part[name] for part in parts])) for name in outputs}

    def _pinned(self) -> "Client":
        """The client of the version that is the newest now."""
        served = self.versions()
        if not served:
            raise ConnectionError(f"{self.address}, {self.model}: no version is served.")
        newest = served[-1]
        if newest not in self._of_versions:
            self._of_versions[newest] = Client(
                self.address,
                self.model,
                newest,
                timeout=self._timeout,
                retries=self._retries,
                batch_size=self._batch_size,
            )
        return self._of_versions[newest]

    def _signature(self, name: str) -> Signature:
        if name not in self._signatures:
            raise ValueError(f"The signatures of {self.model} are {', '.join(self._signatures)}; there is no {name}.")
        return self._signatures[name]

    def _ask(self, face: str, labels: Any = None, **arguments: Any) -> np.ndarray:
        """Calls a face with the arguments of its method."""
        inputs = {input_name(face, argument, self.kind): values for argument, values in arguments.items()}
        return self._answer(face, labels, **inputs)

    def _answer(self, signature: str, labels: Any, **inputs: Any) -> np.ndarray:
        """Calls a signature, and returns its single output, all of whose rows must be valid."""
        if labels is not None:
            spec = self._signature(signature).inputs.get("label")
            one = spec is not None and spec.shape[1:] == np.shape(labels)
            rows = len(np.atleast_1d(next(iter(inputs.values()))))
            inputs["label"] = np.repeat([labels], rows, axis=0) if one else labels
        (values,) = self.predict(signature, **inputs).values()
        nothing = values == b"" if values.dtype == object else np.isnan(values).reshape(len(values), -1).all(axis=1)
        if np.any(nothing):
            raise ValueError(
                f"{self.model} has no answer for rows {np.flatnonzero(nothing).tolist()}: they have a value out of "
                "range, or a PNG of another size."
            )
        return values

    def _image(self, file: bytes) -> "PIL.Image.Image":
        """Decodes a PNG file of the model's size."""
        import PIL.Image

        height, width = self._signature("sample").outputs["image"].shape[1:3]
        try:
            image = PIL.Image.open(io.BytesIO(file), formats=["PNG"])
            # A file of another size is not decoded, since it could take gigabytes.
            if image.size != (width, height):
                raise ValueError(f"one of {image.width} x {image.height}")
            image.load()
        except Exception as error:  # The decoders raise nearly any error for a damaged file.
            expected = f"expected a PNG of {width} x {height} of sample_png"
            raise OSError(f"{self.address}, {self.model}: DATA_LOSS: {expected}; received {error}") from error
        return image

    def _patiently(self, call: Callable[..., Any], *arguments: Any) -> Any:
        """Calls with the seconds that are left as the last argument, and repeats the call while that may help."""
        end = time.monotonic() + self._timeout
        attempt = 0
        while True:
            try:
                return call(*arguments, max(end - time.monotonic(), 1e-3))
            except RefusalError as refusal:
                # The pause is random, so that clients that were refused together do not return together.
                pause = _FIRST_PAUSE * 2**attempt * random.uniform(0.5, 1.0)
                is_last = attempt == self._retries or time.monotonic() + pause >= end
                if is_last or not refusal.may_pass:
                    error = _ERRORS.get(refusal.code, OSError)
                    raise error(f"{self.address}, {self.model}: {refusal.code}: {refusal.message}") from refusal
            time.sleep(pause)
            attempt += 1


def _connect(address: str, model: str, version: int | None) -> Transport:
    scheme, _, host = address.partition("://")
    if scheme == "file" and host.startswith("/"):
        return Local(pathlib.Path(host, model), version)
    address, host = address.rstrip("/"), host.rstrip("/")
    more = scheme == "grpc" and urllib.parse.urlsplit(address).netloc != host
    if scheme not in ("http", "https", "grpc") or not host or more:
        raise ValueError(
            "Servers are http://HOST:PORT, https://HOST:PORT, grpc://HOST:PORT or file:///FOLDER; "
            f"received {address!r}."
        )
    with needs_extra("serving"):
        if scheme == "grpc":
            from tfgans.serving._grpc import Grpc

            return Grpc(address, model, version)
        from tfgans.serving._rest import Rest

        return Rest(address, model, version)


def _with_nan(values: np.ndarray) -> np.ndarray:
    """Replaces rows that are `NOTHING` in all places by NaN."""
    if values.dtype.kind == "f":
        values[(values == np.float32(NOTHING)).reshape(len(values), -1).all(axis=1)] = np.nan
    return values


def _fit(name: str, values: Any, spec: tf.TensorSpec) -> np.ndarray:
    """Converts values to an input of a signature; refuses values that would be rounded or cut."""
    dtype, is_text = np.dtype(spec.dtype.as_numpy_dtype), spec.dtype == tf.string
    given = np.array(values, object if is_text else None)
    refuse_bytes(name, given, spec.dtype)
    types = {type(value) for value in given.flat} if is_text else {given.dtype.type}
    fits = spec.shape.is_compatible_with(given.shape) and all(issubclass(each, _TYPES[dtype.kind]) for each in types)
    array = given.astype(dtype) if fits else given
    if not fits or (dtype.kind == "i" and not np.array_equal(array, given)):
        shape = ", ".join("n" if size is None else str(size) for size in spec.shape)
        kind = "bytes" if is_text else dtype.name
        names = ", ".join(sorted(each.__name__ for each in types))
        raise ValueError(f"{name} must be {kind} [{shape}]; received {names} {given.shape}.")
    return array


def _png(image: "PIL.Image.Image") -> bytes:
    file = io.BytesIO()
    try:
        image.save(file, "PNG")
    except (AttributeError, OSError) as error:
        expected = "Expected PIL images of a mode that PNG has, such as L or RGB"
        raise ValueError(f"{expected}; received {image!r:.80}: {error}.") from error
    return file.getvalue()
