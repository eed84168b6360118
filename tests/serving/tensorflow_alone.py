"""SavedModels, where neither tfgans nor Keras can be imported."""

import subprocess
import sys

import numpy as np

_SAMPLER = """
import sys
sys.modules["keras"] = sys.modules["tfgans"] = sys.modules["tensorflow_probability"] = None
import numpy as np
import tensorflow as tf
out, *versions = sys.argv[1:]
found = []
for version in versions:
    sample = tf.saved_model.load(version).signatures["sample"]
    takes_labels = "label" in sample.structured_input_signature[1]
    labels = {"label": tf.constant([0, 1, 2, 0, 1])} if takes_labels else {}
    found.append(sample(seed=tf.range(5, dtype=tf.int64), **labels)["image"])
np.savez(out, *found)
"""


def samples(out, *versions):
    """Five images of each version, with seed 0, and labels 0, 1, 2, 0, 1 where it takes labels; `out` is a file."""
    command = [sys.executable, "-c", _SAMPLER, out, *versions]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return list(np.load(out).values())
