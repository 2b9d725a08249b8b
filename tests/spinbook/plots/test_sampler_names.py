"""Labels of figures and tables say the names of methods in words."""

import pytest

from spinbook.plots.sampler_names import in_words
from spinlib.samplers import METHODS


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("multispin heat_bath, T = 2.5", "packed heat bath, T = 2.5"),
        ("multispin", "packed Metropolis"),
        ("mcising metropolis", "mcising Metropolis"),
        ("swendsen_wang", "Swendsen-Wang"),
        ("RTX 3060, convolution (paper dp)", "RTX 3060, convolution (paper dp)"),
    ],
)
def test_a_label_says_the_method_in_words(name, told):
    assert in_words(name) == told


def test_no_method_of_the_library_keeps_an_underscore():
    assert not [method for method in METHODS if "_" in in_words(method)]
