import numpy as np
import pytest
from scipy import stats

from spinlib.models import Ising, Potts
from spinlib.samplers import swendsen_wang
from spinlib.samplers.random import streams


def swept(model, spins, temperature, n=1):
    spins = np.array(spins, dtype=np.int8)
    swendsen_wang.sweep(model, spins, np.full(len(spins), temperature), streams(3, "clusters", 0, len(spins)), n)
    return spins


def test_the_ground_state_is_one_cluster():
    spins = swept(Ising((16, 16)), np.ones((400, 16, 16)), 1e-3)
    assert np.all(spins == spins[:, :1, :1])
    assert stats.binomtest(int((spins[:, 0, 0] == 1).sum()), 400).pvalue > 0.001


def test_so_is_that_of_an_antiferromagnet():
    signs = 1 - 2 * (np.indices((6, 8)).sum(axis=0) % 2)
    spins = swept(Ising((6, 8), coupling=-1.0), np.tile(signs, (50, 1, 1)), 1e-3) * signs
    assert np.all(spins == spins[:, :1, :1])
    assert set(spins[:, 0, 0]) == {-1, 1}


def test_every_spin_is_a_cluster_at_infinite_temperature():
    spins = swept(Ising((32, 32), boundary="free"), np.ones((40, 32, 32)), 1e12)
    assert abs(spins.mean()) < 4.0 / np.sqrt(spins.size)


def test_bonds_without_coupling_join_nothing():
    coupling = np.zeros((2, 8, 8))
    coupling[1] = 3.0
    spins = swept(Ising((8, 8), coupling=coupling), np.ones((200, 8, 8)), 1e-3)
    rows = spins[:, :, 0]
    assert np.all(spins == rows[:, :, None])
    assert abs(rows.mean()) < 4.0 / np.sqrt(rows.size)


def test_potts_clusters_take_every_state():
    spins = swept(Potts((8, 8), q=5), np.zeros((1_000, 8, 8)), 1e-3)
    assert np.all(spins == spins[:, :1, :1])
    assert stats.chisquare(np.bincount(spins[:, 0, 0], minlength=5)).pvalue > 0.001


@pytest.mark.parametrize(
    ("model", "words"),
    [(Ising((4, 4), field=-0.5), r"field -0\.5.*favours"), (Potts((4, 4), coupling=-1.0), r"coupling -1\.0.*>= 0")],
)
def test_refusals_give_the_reason(model, words):
    with pytest.raises(ValueError, match=words):
        swendsen_wang.refuse(model)
    with pytest.raises(ValueError, match=words):
        swept(model, np.ones((1, 4, 4)), 1.0)
