import pytest

from tfgans.choices import Norm, check_choice, suggestion


def test_names_that_are_spelt_alike_are_suggested():
    assert suggestion("Pixls", ["classifier", "pixels"]) == "Did you mean pixels?"
    assert suggestion("fig45", ["fig4", "fig5", "kl"]) == "Did you mean fig5 or fig4?"
    assert suggestion("BeganCS", ["GAN", "BEGANCS"]) == "Did you mean BEGANCS?"
    assert suggestion("x", ["pixels", "judge"]) == "There are pixels, judge."
    assert suggestion("x", ["pixels", "judge"], "See the list.") == "See the list."


def test_a_choice_that_is_none():
    check_choice("norm", "l1_mean", Norm)
    with pytest.raises(ValueError, match="norm must be one of l1_mean, l2_sample, l2_batch; received 'l3'"):
        check_choice("norm", "l3", Norm)
