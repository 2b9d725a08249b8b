import pytest

from spinlib.models import Ising
from spinlib.samplers.clusters.sweep_length import clusters_per_sweep


def pilot_of(size, calls):
    """A chain all of whose clusters have `size` spins."""

    def pilot():
        calls.append("made")
        return lambda n: n * size

    return pilot


@pytest.mark.parametrize(("size", "expected"), [(1, 64), (4, 16), (10, 6), (64, 1)])
def test_sites_over_the_mean_size(size, expected):
    assert clusters_per_sweep(Ising((8, 8)), 2.0, pilot_of(size, [])) == expected


def test_one_pilot_per_model_and_temperature():
    model, calls = Ising((8, 8)), []
    numbers = [clusters_per_sweep(model, t, pilot_of(4, calls)) for t in (2.0, 2.0, 3.0, 2.0)]
    assert numbers == [16] * 4
    assert len(calls) == 2
