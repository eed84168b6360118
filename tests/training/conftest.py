import pytest
from helpers import quick_runs


@pytest.fixture
def quick():
    with quick_runs():
        yield
