import itertools

import numpy as np
import pytest

from tfgans import data
from tfgans.data import batches


def numbered(count=10):
    return {"image": np.zeros((count, 2, 2, 1), "float32"), "label": np.arange(count)}


def labels(dataset, count):
    return [batch["label"].numpy().tolist() for batch in itertools.islice(dataset, count)]


def test_an_epoch_is_a_permutation_and_epochs_differ():
    first, second, third, fourth = labels(batches(numbered(), 5), 4)
    assert sorted(first + second) == list(range(10))
    assert sorted(third + fourth) == list(range(10))
    assert first + second != third + fourth


def test_rows_left_over_wait_for_another_permutation():
    seen = labels(batches(numbered(), 4), 200)
    assert all(len(set(first + second)) == 8 for first, second in zip(seen[::2], seen[1::2], strict=True))
    assert set(itertools.chain(*seen)) == set(range(10))


def test_order_is_a_function_of_seed_and_number():
    through = labels(batches(numbered(), 5, seed=3), 7)
    assert through == labels(batches(numbered(), 5, seed=3), 7)
    assert through[4:] == labels(batches(numbered(), 5, seed=3, start=4), 3)
    assert through != labels(batches(numbered(), 5, seed=4), 7)


def test_far_ahead_at_once():
    far = next(iter(batches(numbered(), 5, start=10**9)))
    assert far["label"].shape == (5,)


def test_keeps_rows_together(random):
    arrays = {"image": random.uniform(-1, 1, (20, 2, 2, 3)), "label": random.normal(size=(20, 4))}
    batch = next(iter(batches(arrays, 6)))
    for image, label in zip(batch["image"].numpy(), batch["label"].numpy(), strict=True):
        row = np.flatnonzero(np.isclose(arrays["label"], label).all(1))
        assert len(row) == 1
        np.testing.assert_allclose(arrays["image"][row[0]], image, rtol=1e-6)


def test_contract_of_types():
    arrays = {"image": np.array([0, 51, 255], "uint8").reshape(3, 1, 1, 1), "label": np.arange(3, dtype="int64")}
    batch = next(iter(batches(arrays, 3)))
    assert batch["image"].dtype.name == "float32"
    np.testing.assert_allclose(sorted(batch["image"].numpy().ravel()), [-1, -0.6, 1], atol=1e-6)
    assert batch["label"].dtype.name == "int32"
    assert next(iter(batches({"label": np.zeros((3, 2))}, 3)))["label"].dtype.name == "float32"


@pytest.mark.parametrize(
    ("arrays", "size", "message"),
    [
        (numbered(), 11, "batch_size must lie in 1 to 10"),
        (numbered(), 0, "batch_size must lie in 1 to 10"),
        ({**numbered(), "label": np.arange(9)}, 2, "same number of rows"),
        ({"image": np.full((4, 1, 1, 1), 1.5)}, 2, r"\[-1, 1\]; received values from 1.5"),
        ({"image": np.zeros((4, 1, 1, 1), int)}, 2, "uint8"),
        ({"image": np.full((4, 1, 1, 1), np.nan)}, 2, r"\[-1, 1\]"),
    ],
)
def test_refuses(arrays, size, message):
    with pytest.raises(ValueError, match=message):
        batches(arrays, size)


def test_stored_images_give_the_batches_of_memory(tmp_path, random):
    """Order, flips and values do not depend on where the images are."""
    images = data.from_arrays(random.integers(0, 256, (11, 4, 5, 3), np.uint8), np.arange(11) % 2)
    store = data.write_store(tmp_path / "store", images, splits={}, shard_bytes=100)
    stored = {**images.arrays, "image": store}
    for flip in (False, True):
        pair = [batches(arrays, 4, seed=3, start=5, flip=flip).take(7) for arrays in (images.arrays, stored)]
        for ours, theirs in zip(*pair, strict=True):
            assert ours.keys() == theirs.keys()
            for name, values in ours.items():
                np.testing.assert_array_equal(values, theirs[name])


def test_flips_are_a_function_of_seed_and_number(random):
    """About half of the images are turned, and no other changes."""
    images = random.uniform(-1, 1, (8, 2, 3, 1)).astype(np.float32)
    arrays = {"image": images, "index": np.arange(8)}
    turned = []
    for batch in batches(arrays, 8, seed=1, flip=True).take(50):
        plain = images[batch["index"]]
        is_turned = np.all(batch["image"].numpy() == plain[:, :, ::-1], axis=(1, 2, 3))
        np.testing.assert_array_equal(
            np.where(is_turned[:, None, None, None], plain[:, :, ::-1], plain), batch["image"]
        )
        turned.append(is_turned)
    assert 160 < np.sum(turned) < 240
    (again,) = batches(arrays, 8, seed=1, start=30, flip=True).take(1)
    np.testing.assert_array_equal(
        np.all(again["image"].numpy() == images[again["index"]][:, :, ::-1], axis=(1, 2, 3)), turned[30]
    )


@pytest.mark.parametrize("flip", [False, True])
def test_machines_share_the_rows_of_a_batch(random, flip):
    arrays = {"image": random.uniform(-1, 1, (9, 2, 3, 1)).astype(np.float32), "index": np.arange(9)}
    whole = batches(arrays, 6, seed=1, flip=flip).take(4)
    parts = (batches(arrays, 6, seed=1, flip=flip, machine=(own, 3)).take(4) for own in range(3))
    for all_rows, *shares in zip(whole, *parts, strict=True):
        for name, values in all_rows.items():
            np.testing.assert_array_equal(np.concatenate([share[name] for share in shares]), values)
    with pytest.raises(ValueError, match="a multiple of 4, the number of machines; received 6"):
        batches(arrays, 6, machine=(0, 4))
