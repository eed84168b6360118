import gc

import pytest


@pytest.fixture
def event_loops():
    """Gradio leaves event loops, which warn when they are collected; a test that ignores warnings collects them."""
    yield
    gc.collect()
