"""Pages that show runs and models in a browser."""

from tfgans.pages.comparison import write_comparison
from tfgans.pages.explorer import Explorer, Loaded, load_run, load_saved_model, loaded_model

__all__ = [
    "Explorer",
    "Loaded",
    "load_run",
    "load_saved_model",
    "loaded_model",
    "write_comparison",
]
