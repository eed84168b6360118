"""Pages that show runs and models in a browser."""

from tfgans.pages.comparison import write_comparison

__all__ = [
    "write_comparison",
]
