"""Training configurations of one temperature."""

import numpy as np
import pytest

from spinlib import sample
from spinlib.datasets.thermal import at_temperature
from spinlib.models import Ising

MODEL = Ising((6,), boundary="free")


def draws(**changes):
    return sample(MODEL, [0.5, 2.0, 4.0], 30, n_chains=4, burn_in=50, seed=1, **changes)


def test_all_chains_of_the_temperature_follow_each_other():
    drawn = draws()
    spins = at_temperature(drawn, 2.0)
    assert spins.dtype == np.int8
    np.testing.assert_array_equal(spins.reshape(4, 30, 6), drawn.spins.sel(temperature=2.0).values)
    assert MODEL.energy(at_temperature(drawn, 0.5)).mean() < MODEL.energy(spins).mean()


def test_a_temperature_that_is_missing_is_refused():
    with pytest.raises(ValueError, match=r"temperature 1.0: the draws are at 0.5, 2.0, 4.0"):
        at_temperature(draws(), 1.0)


def test_draws_without_spins_are_refused():
    with pytest.raises(ValueError, match="their spins were not kept"):
        at_temperature(draws(keep_spins=False), 2.0)
