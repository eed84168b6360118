"""Prints, as JSON, how far 50 steps in a mixed precision lie from those in float32, and what one step in float16 gives.

`precision.py` takes the 50 steps for some rows, and one step for the others; `precision.py ROW ...` takes the 50 steps
for the rows that it names.

A program of its own, since it sets the precision of everything that is made.
"""

import json
import sys

import keras
import numpy as np
from table import TABLE, state, train

STEPS, WAITED = 50, 20
# Points and images, penalties, a controller, normalisation with a bank, and an augmentation.
COMPARED = ("GAN", "BEGANCS", "AdversarialVAE", "XGAN", "ConditionalGAN")


def settled(row, precision):
    """A model that has not moved, whose scales of float16 are such that nothing overflows: those steps are left out."""
    keras.utils.set_random_seed(0)
    keras.config.set_dtype_policy(precision)
    model = row.make()
    model.compile({player: keras.optimizers.SGD(0.0) for player in model.players})
    return train(model, row, WAITED)


def trained(row, precision):
    """A settled model after its steps, and its weights before them."""
    model = settled(row, precision)
    start = weights(model)
    for optimizer in model.optimizers.values():
        optimizer.learning_rate = 0.01
    return train(model, row, STEPS, start=WAITED), start


def weights(model):
    variables = [v for player in model.players for v in getattr(model, player).trainable_variables]
    return np.concatenate([np.ravel(variable) for variable in variables])


def scaled(model):
    """The players whose losses are scaled, and all players."""
    optimizers = model.optimizers.items()
    of_loss = [player for player, one in optimizers if isinstance(one, keras.optimizers.LossScaleOptimizer)]
    return {"loss_scaled": sorted(of_loss), "players": sorted(model.players)}


def is_finite(model):
    return all(bool(np.all(np.isfinite(value))) for value in state(model).values())


def compared(row):
    """Both mixed precisions beside float32."""
    model, start = trained(row, "float32")
    full = weights(model)
    moved, found = np.linalg.norm(full - start), {}
    for precision in ("mixed_bfloat16", "mixed_float16"):
        model, _ = trained(row, precision)
        difference = np.linalg.norm(weights(model) - full) / moved
        found[f"{row.name} {precision}"] = {
            "finite": is_finite(model),
            "moved": float(moved),
            "difference": float(difference),
            **scaled(model),
        }
    return found


def one_step(row):
    """A step in float16 without a graph, at a scale at which no gradient overflows: such steps are left out."""
    keras.utils.set_random_seed(0)
    keras.config.set_dtype_policy("mixed_float16")
    model = row.make()
    start = weights(model)
    model.compile({player: keras.optimizers.SGD(0.1) for player in model.players}, run_eagerly=True)
    for optimizer in model.optimizers.values():
        optimizer.dynamic_scale.assign(16.0)
    train(model, row, 1)
    moved = float(np.abs(weights(model) - start).max())
    return {row.name: {"finite": is_finite(model), "moved": moved, "step": int(model.step.numpy()), **scaled(model)}}


def main():
    names, results = sys.argv[1:], {}
    for row in TABLE:
        if row.name in (names or COMPARED):
            results |= compared(row)
        elif not names:
            results |= one_step(row)
    print(json.dumps(results))


if __name__ == "__main__":
    main()
