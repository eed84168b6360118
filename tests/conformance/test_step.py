"""The step is the same in every mode, and each player changes its own network only."""

import collections
import functools
import re

import numpy as np
import pytest
import tensorflow as tf
from table import TABLE, restore, state, train

# Scalars of a controller or of a bank, which the step adds to those of its turns.
OF_THE_STEP = {"k", "allowed_density", "error", "convergence", "measured_ratio", "shrinkage"}


# Points and images, penalties, packs, several updates, controllers, a bank and normalisation.
COMPILED = ("GAN", "PackedGAN", "BiGAN", "BEGANCS", "AdversarialVAE", "XGAN", "ConditionalWGANGP")


def test_graph_equals_eager(row, new, monkeypatch):
    start = state(new)
    graph = state(train(new, row, 2))
    restore(new, start)
    monkeypatch.setattr(new, "run_eagerly", True)
    monkeypatch.setattr(new, "train_function", None)
    eager = state(train(new, row, 2))
    for (name, ours), theirs in zip(graph.items(), eager.values(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12, err_msg=name)


def turns(model, batch):
    """Each turn's players, batch and noise, drawn beforehand: XLA draws other numbers."""
    batch = {**batch, "image": tf.cast(batch["image"], model.variable_dtype)}
    for turn, players in model.turns.items():
        yield turn, players, batch, model.draw_noise(turn, batch)


def losses_and_gradients(model, turn, players, batch, noise):
    """Each player's loss, and its gradients by the player's variables."""
    with tf.GradientTape(persistent=True) as tape:
        losses = model.losses_of(turn, batch, noise)
    values = {player: losses[f"{player}_loss"] for player in players}
    return {
        player: (value, tape.gradient(value, getattr(model, player).trainable_variables))
        for player, value in values.items()
    }


def unordered(graph):
    """Pairs of operations on one variable, of which one writes, with no path from either to the other."""
    followers, operations = collections.defaultdict(list), collections.defaultdict(dict)
    for node in graph.node:
        for source in node.input:
            followers[source.lstrip("^").partition(":")[0]].append(node.name)
        if node.op.endswith("VariableOp"):
            operations[node.input[0]][node.name] = node.op != "ReadVariableOp"

    @functools.cache
    def after(name):
        found, waiting = set(), [name]
        while waiting:
            new = set(followers[waiting.pop()]) - found
            found |= new
            waiting += new
        return found

    return [
        (one, other)
        for writes in operations.values()
        for one in writes
        for other, writes_too in writes.items()
        if writes_too and one != other and other not in after(one) and one not in after(other)
    ]


def test_no_read_races_an_update(descending):
    """In the graphs that run, which are not those that were traced."""
    model, _, graphs = descending
    written = sum(node.op.startswith("Assign") for graph in graphs for node in graph.node)
    assert written > len(model.trainable_variables)
    assert [pair for graph in graphs for pair in unordered(graph)] == []


@pytest.mark.slow
def test_xla_has_the_losses_and_gradients_of_eager_execution(row, float64, batch):
    """A gradient whose parts cancel would be mere rounding in float32."""
    model = row.make()
    for turn, players, *given in turns(model, batch):
        both = functools.partial(losses_and_gradients, model, turn, players, *given)
        start = model.get_weights()
        eager = both()
        # A loss in training mode moves the statistics, which other passes may read.
        model.set_weights(start)
        compiled = tf.function(both, jit_compile=True)()
        for player in players:
            (eager_loss, eager_gradients), (xla_loss, xla_gradients) = eager[player], compiled[player]
            np.testing.assert_allclose(eager_loss, xla_loss, rtol=1e-9, err_msg=player)
            for ours, theirs in zip(eager_gradients, xla_gradients, strict=True):
                scale = np.abs(ours).max() + 1e-6
                np.testing.assert_allclose(ours / scale, theirs / scale, atol=1e-8, err_msg=player)


@pytest.mark.slow
@pytest.mark.parametrize("name", COMPILED)
def test_xla_compiles_the_whole_step(name):
    (row,) = (row for row in TABLE if row.name == name)
    model = row.make()
    model.compile(jit_compile=True)
    train(model, row, 1)
    assert all(np.all(np.isfinite(value)) for value in state(model).values())
    assert int(model.step.numpy()) == 1


def test_a_step_changes_a_network_by_its_own_player_only(row, new):
    """With the others' learning rates at zero, a whole step moves one network and no other."""
    for mover in new.players:
        for player, optimizer in new.optimizers.items():
            optimizer.learning_rate.assign(0.1 if player == mover else 0.0)
        before = {name: [v.numpy() for v in learned(getattr(new, name))] for name in new.players}
        train(new, row, 1)
        changed = {
            name
            for name, old in before.items()
            if any(np.any(a != b) for a, b in zip(old, learned(getattr(new, name)), strict=True))
        }
        assert changed == {mover}


def learned(network):
    """Variables that an optimizer alone moves. Keras divides kernels by their spectral norm in each training pass."""
    return [v for v in network.trainable_variables if not re.search(r"spectral_normalization.*kernel", v.path)]


def test_every_variable_of_a_player_gets_a_gradient(new, batch):
    moved = []
    for turn, players, *given in turns(new, batch):
        found = losses_and_gradients(new, turn, players, *given)
        for player in players:
            weights, (_, gradients) = getattr(new, player).trainable_variables, found[player]
            assert not [v.path for v, gradient in zip(weights, gradients, strict=True) if gradient is None]
            moved.append(player)
    assert sorted(moved) == sorted(new.players)


def test_losses_are_scalars_that_the_log_names(row, new, batch):
    """Each turn gives the losses of its players. All turns give all logged scalars but those of the step itself."""
    named = set()
    for turn, players, *given in turns(new, batch):
        losses = new.losses_of(turn, *given)
        assert all(value.shape == () for value in losses.values())
        assert {f"{player}_loss" for player in players} <= set(losses)
        named |= set(losses)
    assert set(new.log_names) - named <= OF_THE_STEP
    with pytest.raises(ValueError, match=f"The turns of a {row.public.__name__} are .*; received 'nobody'"):
        new.losses_of("nobody", {}, {})


def test_step_counts_generator_updates(row, new):
    train(new, row, 2)
    assert int(new.step.numpy()) == 2
    for player, optimizer in new.optimizers.items():
        updates = new.updates_per_step if player == "discriminator" else 1
        assert int(optimizer.iterations.numpy()) == 2 * updates


def test_noise_differs_between_draws_updates_and_steps(new):
    draws = [new.noise(new.prior.sample, 4, use, index).numpy() for use in (0, 1) for index in (0, 1)]
    new.step.assign(1)
    draws.append(new.noise(new.prior.sample, 4, 0, 0).numpy())
    assert len(np.unique(np.stack(draws))) == np.stack(draws).size


def test_averaged_generator_follows_by_hand(row, new):
    start = [variable.numpy() for variable in new.generator.trainable_variables]
    train(new, row, 1)
    # At step 0 the decay is (1 + 0) / (10 + 0) = .1.
    for old, moved, average in zip(
        start,
        new.generator.trainable_variables,
        new.averaged_generator.trainable_variables,
        strict=True,
    ):
        np.testing.assert_allclose(average, 0.1 * old + 0.9 * moved.numpy(), rtol=1e-5, atol=1e-7)
    for statistic, copied in zip(
        new.generator.non_trainable_variables, new.averaged_generator.non_trainable_variables, strict=True
    ):
        np.testing.assert_array_equal(statistic, copied)
