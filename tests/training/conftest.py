import pytest
from short_runs import quick_runs


@pytest.fixture
def quick():
    with quick_runs():
        yield
