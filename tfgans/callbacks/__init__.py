"""Keras callbacks. They act at the end of an epoch, read the model, and do not train it."""

from tfgans._errors import NonFiniteError
from tfgans.callbacks.checkpoint import Checkpoint
from tfgans.callbacks.code_scatter import CodeScatter
from tfgans.callbacks.collapse_monitor import Alarm, CollapseMonitor, FallRule, LowRule
from tfgans.callbacks.metrics_log import MetricsLog
from tfgans.callbacks.nonfinite import StopOnNonFinite
from tfgans.callbacks.progress import Progress
from tfgans.callbacks.refresh import Refresh
from tfgans.callbacks.sample_grid import SampleGrid, SamplePicture, SamplePoints
from tfgans.callbacks.score_curve import ScoreCurve
from tfgans.callbacks.stop_on_signal import StopOnSignal

__all__ = [
    "Alarm",
    "Checkpoint",
    "CodeScatter",
    "CollapseMonitor",
    "FallRule",
    "LowRule",
    "MetricsLog",
    "NonFiniteError",
    "Progress",
    "Refresh",
    "SampleGrid",
    "SamplePicture",
    "SamplePoints",
    "ScoreCurve",
    "StopOnNonFinite",
    "StopOnSignal",
]
