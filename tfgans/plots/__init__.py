"""Figures."""

from tfgans.plots.curves import score_curves
from tfgans.plots.exploration import corner_grid, plane_grid, swap_grid, sweep_grid
from tfgans.plots.grids import image_grid
from tfgans.plots.points import contours, draw_points, point_cloud
from tfgans.plots.reconstructions import interpolation_grid, reconstruction_grid

__all__ = [
    "contours",
    "corner_grid",
    "draw_points",
    "image_grid",
    "interpolation_grid",
    "plane_grid",
    "point_cloud",
    "reconstruction_grid",
    "score_curves",
    "swap_grid",
    "sweep_grid",
]
