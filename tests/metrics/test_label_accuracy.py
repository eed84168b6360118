import pytest

from tfgans.metrics import label_accuracy


def test_by_hand():
    assert label_accuracy([1, 2, 3, 3], [1, 2, 3, 0]) == 0.75


@pytest.mark.parametrize(("predicted", "labels"), [([1], [1, 2]), ([], [])])
def test_refuses(predicted, labels):
    with pytest.raises(ValueError, match="one prediction a label"):
        label_accuracy(predicted, labels)
