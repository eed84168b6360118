import pytest
from table import TABLE


def pytest_generate_tests(metafunc):
    if "row" in metafunc.fixturenames:
        metafunc.parametrize("row", TABLE, ids=[row.name for row in TABLE])


@pytest.fixture
def batch(row):
    return next(iter(row.batches()))
