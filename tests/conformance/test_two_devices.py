"""Two devices take the steps of one, in a process of their own."""

import pytest
import two_devices
from programs import found_by

SLOW = pytest.mark.slow
# A controller of errors that differ between replicas.
QUICK = "BEGAN"


def test_two_devices_take_the_step_of_one_with_the_noise_of_one():
    """One row of the tests below, which are slow."""
    result = found_by("two_devices.py", QUICK)[QUICK]
    assert result["moved"] > 1e-3
    assert result["difference"] < 1e-9
    assert result["noise"] == pytest.approx(result["noise_of_one"], abs=1e-12)
    assert len(set(result["noise"])) == len(result["noise"])


def test_codes_of_both_replicas_are_written_back_on_each():
    """Codes 0 and 1 become 10 and 11 on the first, 4 and 5 become 14 and 15 on the second."""
    assert found_by("two_devices.py", QUICK)["bank"] == [[10, 11, 2, 3, 14, 15]] * 2


def test_a_loss_that_is_not_finite_on_the_last_replica_alone_is_noted():
    assert found_by("two_devices.py", QUICK)["nonfinite_step"] == 0


@SLOW
def test_a_whole_run_on_two_devices():
    assert found_by("two_devices.py")["run"] == 2


@SLOW
def test_two_devices_take_the_step_of_one(row):
    """In float64 with SGD, so that a wrong scale shows; batch normalisation and penalty included."""
    result = found_by("two_devices.py")[row.name]
    assert result["moved"] > 1e-3
    assert result["difference"] < 1e-9


@SLOW
@pytest.mark.parametrize("name", two_devices.IN_HALF_PRECISION)
def test_two_devices_take_the_step_of_one_in_half_precision(name):
    """To the rounding of float16; nearer by far to one device than to where both began."""
    result = found_by("two_devices.py")["float16"][name]
    assert result["moved"] > 1e-3
    assert result["difference"] < 0.1 * result["moved"]


@SLOW
@pytest.mark.parametrize("name", two_devices.WITH_NOISE)
def test_replicas_have_rows_of_their_own_of_one_draw(name):
    """The draw of eight rows on one device; two devices have four each, none of them the same."""
    result = found_by("two_devices.py")[name]
    assert result["noise"] == pytest.approx(result["noise_of_one"], abs=1e-12)
    assert len(set(result["noise"])) == len(result["noise"])


@SLOW
def test_two_devices_share_the_images_that_are_scored():
    """Each sees its half, and together they give what one gives."""
    result = found_by("two_devices.py")["features"]
    assert result["seen"] == {"/device:CPU:0": 20, "/device:CPU:1": 19}
    assert result["same"]
