import pytest

from tfgans.metrics import _tfgan


@pytest.mark.parametrize("name", ["classifier_metrics", "sliced_wasserstein"])
def test_is_the_installed_module(name):
    module = _tfgan.module(name)
    assert module.__name__ == f"tensorflow_gan.python.eval.{name}"
    assert module is _tfgan.module(name)
    assert module.__file__.endswith(f"tensorflow_gan/python/eval/{name}.py")


def test_refuses_a_module_that_is_not_there():
    with pytest.raises(ModuleNotFoundError, match=r"tensorflow_gan\.python\.eval\.nothing"):
        _tfgan.module("nothing")
