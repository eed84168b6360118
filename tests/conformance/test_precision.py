"""Models train in mixed precision, in a process of its own."""

import pytest
from precision import COMPARED
from programs import found_by
from table import TABLE

pytestmark = pytest.mark.slow

# The others take one step.
ROWS = [row for row in TABLE if row.name not in COMPARED]


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("name", COMPARED)
def test_mixed_precision_stays_near_float32(name, precision):
    """After 50 steps, it is nearer to where float32 has come than to where both began."""
    result = found_by("precision.py")[f"{name} {precision}"]
    assert result["finite"]
    assert result["moved"] > 1e-3
    assert result["difference"] < 0.6
    assert result["loss_scaled"] == (result["players"] if precision == "mixed_float16" else [])


def test_a_step_in_half_precision_leaves_finite_numbers(row):
    result = found_by("precision.py")[row.name]
    assert result["finite"]
    assert result["moved"] > 1e-4
    assert result["step"] == 1
    assert result["loss_scaled"] == result["players"]
