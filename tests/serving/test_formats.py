"""Generators in the formats of other runtimes, run by these runtimes."""

import numpy as np
import pytest
import served_models
from table import TABLE

from tfgans import serving
from tfgans.serving.formats import EXPORTS

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


def run_tflite(path, inputs):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(path))
    # Operations of TensorFlow itself would need another library at run time.
    names = {each["op_name"] for each in interpreter._get_ops_details()}
    assert not any(name.startswith(("Flex", "CUSTOM")) for name in names)
    assert list(interpreter.get_signature_list()) == ["generate"]
    return interpreter.get_signature_runner("generate")(**inputs)


def run_onnx(path, inputs):
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert {each.name for each in session.get_inputs()} == set(inputs)
    return dict(zip([each.name for each in session.get_outputs()], session.run(None, inputs), strict=True))


RUNTIMES = {"tflite": run_tflite, "onnx": run_onnx}


def assert_same(model, suffix, path, rows):
    """A number of rows that the file was not written for gives the samples of the model."""
    latents = np.random.default_rng(0).normal(size=(rows, model.prior.size)).astype(np.float32)
    inputs, labels = {"latent": latents}, None
    if "label" in model.faces()["generate"].inputs:
        classes = np.arange(rows, dtype=np.int32) % model.labels.count
        attributes = np.linspace(0, 1, rows * model.labels.count, dtype=np.float32).reshape(rows, -1)
        labels = inputs["label"] = {"class": classes, "attributes": attributes}[model.labels.conditioning]
    (output,) = RUNTIMES[suffix](EXPORTS[suffix](model, path), inputs).items()
    assert output[0] == model.kind
    np.testing.assert_allclose(output[1], model.generate(latents, labels), atol=1e-4)


@pytest.mark.parametrize("suffix", EXPORTS)
@pytest.mark.parametrize("make", [served_models.conditional, served_models.encoding, served_models.bank])
def test_a_generator_gives_the_samples_of_its_model(suffix, make, tmp_path):
    assert_same(make(), suffix, tmp_path / f"model.{suffix}", 5)
    assert [path.name for path in tmp_path.iterdir()] == [f"model.{suffix}"]


# A file has the generator alone: a row for each kind of it.
GENERATORS = ("GAN", "LOGAN", "BEGAN", "BEGANCS", "XGAN", "MDGAN", "CVAEGAN", "ConditionalGAN")


@pytest.mark.slow
@pytest.mark.parametrize("suffix", EXPORTS)
@pytest.mark.parametrize("row", [row for row in TABLE if row.name in GENERATORS], ids=lambda row: row.name)
def test_every_kind_of_generator_can_be_written(suffix, row, tmp_path):
    assert_same(row.make(), suffix, tmp_path / f"model.{suffix}", 3)


def test_the_averaged_generator_is_written(tmp_path):
    """The weights that samples use, which differ from those that train."""
    model = served_models.conditional()
    averaged = type(model)(model.generator, model.discriminator, model.prior, ema_decay=0.9)
    averaged.averaged_generator.set_weights([2 * weight for weight in averaged.averaged_generator.get_weights()])
    assert_same(averaged, "tflite", tmp_path / "model.tflite", 2)


@pytest.mark.parametrize("suffix", EXPORTS)
def test_a_missing_folder_is_an_error(suffix, tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        EXPORTS[suffix](served_models.conditional(), tmp_path / "nowhere" / f"model.{suffix}")


def test_the_package_names_them():
    assert {serving.export_tflite, serving.export_onnx} == set(EXPORTS.values())
