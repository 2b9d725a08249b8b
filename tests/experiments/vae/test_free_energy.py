import numpy as np
import pytest

from experiments.vae import autoregressive, free_energy
from spinlib.exact import enumeration
from spinlib.models import Ising
from spinlib.networks.autoregressive import AutoregressiveNetwork
from spinlib.samplers.independence import Proposed

MODEL = Ising((6,), boundary="free")


def drawn_exactly(temperature, n, seed):
    law = enumeration.boltzmann(MODEL, temperature)
    which = np.random.default_rng(seed).choice(len(law), n, p=law)
    return Proposed(enumeration.states(MODEL)[which], np.log(law[which]))


def test_the_exact_law_has_no_divergence_and_one_weight():
    exact = autoregressive.exact_log_z(MODEL, 1.5)
    found = free_energy.of_law(MODEL, drawn_exactly(1.5, 2000, seed=1), 1.5, 5, 2, exact)
    assert found["log_z"] == pytest.approx(exact)
    assert found["kl"] == pytest.approx(0, abs=1e-9)
    assert found["effective"] == pytest.approx(1)
    assert found["acceptance"] == pytest.approx(1)


def test_training_lowers_the_free_energy_to_the_exact_one():
    network = AutoregressiveNetwork(MODEL.shape, hidden=8, z2=True)
    how = {"steps": 400, "batch": 200, "annealing": 0.0, "rate": 0.02}
    curve = free_energy.trained(network, MODEL, 2.0, 1, **how)
    exact = -autoregressive.exact_log_z(MODEL, 2.0) / MODEL.n_sites
    assert curve[0] > curve[-1] == pytest.approx(exact, abs=0.01)
