"""Figures: each function returns a matplotlib figure, which notebooks show, and writes a PNG file if it has a path."""

from tfgans.plots._figure import figure_pixels, figure_png, new_figure, save_figure
from tfgans.plots.codes import code_scatter
from tfgans.plots.curves import compared_curves, score_curves
from tfgans.plots.exploration import corner_grid, plane_grid, swap_grid, sweep_grid
from tfgans.plots.grids import image_grid, neighbour_grid
from tfgans.plots.points import contours, draw_points, joint_scatter, point_cloud
from tfgans.plots.reconstructions import interpolation_grid, morph_grid, reconstruction_grid, traversal_grid

__all__ = [
    "code_scatter",
    "compared_curves",
    "contours",
    "corner_grid",
    "draw_points",
    "figure_pixels",
    "figure_png",
    "image_grid",
    "interpolation_grid",
    "joint_scatter",
    "morph_grid",
    "neighbour_grid",
    "new_figure",
    "plane_grid",
    "point_cloud",
    "reconstruction_grid",
    "save_figure",
    "score_curves",
    "swap_grid",
    "sweep_grid",
    "traversal_grid",
]
