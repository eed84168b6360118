"""Prints, as JSON, how far 50 steps in a mixed precision lie from those in float32, for every row.

A program of its own, since it sets the precision of everything that is made.
"""

import json

import keras
import numpy as np
from table import TABLE, state, train

STEPS, WAITED = 50, 20


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


def main():
    results = {}
    for row in TABLE:
        model, start = trained(row, "float32")
        full = weights(model)
        moved = np.linalg.norm(full - start)
        for precision in ("mixed_bfloat16", "mixed_float16"):
            model, _ = trained(row, precision)
            scaled = {
                player: isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
                for player, optimizer in model.optimizers.items()
            }
            results[f"{row.name} {precision}"] = {
                "finite": all(bool(np.all(np.isfinite(value))) for value in state(model).values()),
                "moved": float(moved),
                "difference": float(np.linalg.norm(weights(model) - full) / moved),
                "loss_scaled": sorted(player for player, is_scaled in scaled.items() if is_scaled),
                "players": sorted(model.players),
            }
    print(json.dumps(results))


if __name__ == "__main__":
    main()
