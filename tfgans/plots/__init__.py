"""Figures."""

from tfgans.plots.grids import image_grid

__all__ = ["image_grid"]
