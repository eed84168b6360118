"""Figures."""

from tfgans.plots.curves import score_curves
from tfgans.plots.exploration import corner_grid, plane_grid, swap_grid, sweep_grid
from tfgans.plots.grids import image_grid

__all__ = ["corner_grid", "image_grid", "plane_grid", "score_curves", "swap_grid", "sweep_grid"]
