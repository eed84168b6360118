import doctest
import importlib
import importlib.metadata
import importlib.resources
import os
import pathlib
import pkgutil
import shutil
import subprocess
import sys
import types

import numpy as np
import pytest

import tfgans


def python(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


def public_names(package):
    """Names without underscore that are neither modules nor imported from elsewhere."""
    return {
        name
        for name, value in vars(package).items()
        if not name.startswith("_") and getattr(value, "__module__", "").startswith(package.__name__)
    }


def test_all_names_exist_and_are_all_that_is_public():
    assert len(set(tfgans.__all__)) == len(tfgans.__all__)
    assert all(getattr(tfgans, name) is not None for name in tfgans.__all__)
    home = pathlib.Path(tfgans.__file__).parent
    folders = {path.parent.name for path in home.glob("*/__init__.py")} - {"cli"}
    modules = folders | {path.stem for path in home.glob("[a-z]*.py")}
    assert modules == {name for name in tfgans.__all__ if isinstance(getattr(tfgans, name), types.ModuleType)}
    for folder in folders:
        package = getattr(tfgans, folder)
        assert public_names(package) <= set(package.__all__)
        assert all(hasattr(package, name) for name in package.__all__)


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"no attribute 'Nothing'\.$"):
        _ = tfgans.Nothing
    with pytest.raises(AttributeError, match=r"no attribute 'BeganCS'\. Did you mean BEGANCS"):
        _ = tfgans.BeganCS
    with pytest.raises(AttributeError, match=r"no attribute 'load'\. load_split loads a data set by name"):
        _ = tfgans.data.load
    with pytest.raises(AttributeError, match=r"no attribute 'loadsplit'\. Did you mean load_split or load_splits"):
        _ = tfgans.data.loadsplit
    assert not hasattr(tfgans, "__wrapped__")


def test_version_is_that_of_the_distribution():
    assert tfgans.__version__ == importlib.metadata.version(tfgans.DISTRIBUTION)


def install_both(folder, init):
    """A folder of packages in which the project `tfgans` was installed beside this one, with one `__init__.py`."""
    package = pathlib.Path(tfgans.__file__).parent
    shutil.copytree(package, folder / "tfgans", ignore=shutil.ignore_patterns("__pycache__", "*.npz"))
    if init is not None:
        (folder / "tfgans" / "__init__.py").write_text(init)
    other = folder / "tfgans-0.1.1.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.4\nName: tfgans\nVersion: 0.1.1\n")
    (other / "RECORD").write_text("tfgans/__init__.py,sha256=x,10\n")
    return {"PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1"}


def test_two_projects_in_one_folder_are_refused(tmp_path):
    done = python("import tfgans", **install_both(tmp_path, None))
    assert f"{tmp_path / 'tfgans'} has files of two projects: tfgans-keras, and tfgans 0.1.1" in done.stderr
    assert "pip uninstall tfgans tfgans-keras" in done.stderr


def test_commands_refuse_the_init_of_the_other_project(tmp_path):
    done = python("from tfgans.cli import train", **install_both(tmp_path, "__version__ = '0.1.1'\n"))
    assert "is of the project tfgans, and not of tfgans-keras" in done.stderr


def test_the_other_project_elsewhere_does_not_matter(tmp_path):
    folder = tmp_path / "other"
    install_both(folder, "raise ImportError('the other project')\n")
    scripts = pathlib.Path(__file__).parents[1] / "scripts"
    command = [sys.executable, scripts / "train.py", "--list=logan/ring8"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(folder)}
    )
    assert done.returncode == 0, done.stderr


def test_typed():
    assert importlib.resources.files("tfgans").joinpath("py.typed").is_file()


def test_import_and_recipes_load_no_tensorflow():
    done = python("import sys, tfgans, tfgans.recipes; print({'tensorflow', 'keras', 'numpy'} & set(sys.modules))")
    assert done.stdout.strip() == "set()"


STARTS_A_CLIENT = """
import sys
from tfgans import serving
serving.Client
from tensorflow.python.util import _pywrap_util_port
print(_pywrap_util_port.IsMklEnabled(), {"tfgans.models", "tfgans.latent", "tfgans.training"} & set(sys.modules))
"""


@pytest.mark.run
def test_a_client_loads_no_models_and_has_the_kernels_that_the_user_chose():
    """Those of oneDNN unless the user chooses others, as tests/test_startup.py checks."""
    done = python(STARTS_A_CLIENT, TF_ENABLE_ONEDNN_OPTS="0")
    assert done.stdout.split() == ["False", "set()"], done.stderr


def test_refuses_another_backend():
    done = python("import tfgans", KERAS_BACKEND="jax")
    assert "TensorFlow backend; it is 'jax'" in done.stderr


def test_refuses_another_backend_of_the_configuration_file(tmp_path):
    tmp_path.joinpath("keras.json").write_text('{"backend": "torch"}')
    environment = {"KERAS_HOME": str(tmp_path), "KERAS_BACKEND": ""}
    assert "it is 'torch'" in python("import tfgans", **environment).stderr
    assert python("import tfgans", **{**environment, "KERAS_BACKEND": "tensorflow"}).returncode == 0


def test_console_commands_are_the_mains_of_the_scripts():
    commands = importlib.metadata.entry_points(group="console_scripts")
    ours = {command.name: command.load() for command in commands if command.name.startswith("tfgans-")}
    scripts = {path.stem for path in (pathlib.Path(__file__).parents[1] / "scripts").glob("*.py")}
    # These use files of the checkout that are not installed.
    scripts -= {"benchmark", "reproduce", "_checkout"}
    assert {f"tfgans-{name}" for name in scripts} == set(ours)
    for name in scripts:
        assert ours[f"tfgans-{name}"] is importlib.import_module(f"tfgans.cli.{name}").run


def modules():
    return sorted(module.name for module in pkgutil.walk_packages(tfgans.__path__, "tfgans."))


@pytest.mark.run
@pytest.mark.parametrize("name", modules())
def test_examples_in_docstrings_run(name):
    module = importlib.import_module(name)
    failed, _ = doctest.testmod(module, extraglobs={"tfgans": tfgans, "np": np})
    assert failed == 0
