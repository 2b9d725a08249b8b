"""Variational free energy: its gradient by enumeration, its training against exact free energies, and bad input."""

import numpy as np
import pytest
import torch
from scipy import special

from spinlib.evaluation.divergences import of_probabilities
from spinlib.exact import enumeration
from spinlib.learning import autoregressive
from spinlib.learning.autoregressive import FreeEnergyTraining, free_energy_loss
from spinlib.learning.plan import Optimizer
from spinlib.learning.training import NotFiniteError
from spinlib.models import XY, Ising, Potts
from spinlib.networks.autoregressive import AutoregressiveNetwork
from spinlib.networks.autoregressive_xy import AutoregressiveXY
from spinlib.networks.weights import weights

LATTICE = Ising((2, 3), boundary=("free", "periodic"))
FAST = Optimizer("adam", 0.02)


def test_the_gradient_is_that_of_the_free_energy():
    """Over many draws of a network, against the derivative of sum q (ln q + E / T) over all states."""
    network = AutoregressiveNetwork((2, 3), hidden=3).double()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.normal_(0.0, 0.3, generator=torch.Generator().manual_seed(1))
    states = torch.from_numpy(enumeration.states(LATTICE))
    log_q = network(states)
    exact = (log_q.exp() * (log_q + LATTICE.energy(states) / 2.0)).sum()
    exact.backward()
    expected = {name: parameter.grad.clone() for name, parameter in network.named_parameters()}
    estimates = {name: [] for name in expected}
    values = []
    for seed in range(40):
        network.zero_grad()
        spins = network.draw(2000, torch.Generator().manual_seed(seed))
        loss = free_energy_loss(network(spins), LATTICE.energy(spins) / 2.0)
        loss.backward()
        values.append(float(loss.detach()))
        for name, parameter in network.named_parameters():
            estimates[name].append(parameter.grad.clone())
    assert abs(np.mean(values) - float(exact.detach())) < 4 * np.std(values) / np.sqrt(40)
    for name, found in estimates.items():
        together = torch.stack(found)
        error = together.std(dim=0) / np.sqrt(40)
        moved = error > 1e-9
        assert (((together.mean(dim=0) - expected[name]) / error)[moved].abs() < 5).all()
        assert float(expected[name].abs().max()) > 0.02


def test_the_baseline_leaves_no_gradient_where_all_rewards_are_alike():
    log_q = torch.tensor([-1.0, -2.0, -3.0], requires_grad=True)
    free_energy_loss(log_q, torch.tensor([1.0, 2.0, 3.0])).backward()
    assert log_q.grad.abs().max() == 0


@pytest.mark.parametrize(("z2", "field"), [(False, 0.3), (True, 0.0)])
def test_training_finds_the_law_of_all_states(z2, field):
    model = Ising((2, 3), field=field, boundary=("free", "periodic"))
    network = AutoregressiveNetwork((2, 3), hidden=8, z2=z2)
    how = FreeEnergyTraining(500, 200, 0.98, FAST)
    curves = autoregressive.fit(network, model, 1.5, how, seed=1)
    with torch.no_grad():
        q = network(torch.from_numpy(enumeration.states(model))).double().exp().numpy()
    found = of_probabilities(q / q.sum(), enumeration.boltzmann(model, 1.5))
    assert found.model_to_exact < 0.01
    exact = -enumeration.log_partition(model, 1.5) / 6
    assert curves.losses["free_energy"].shape == (5,)
    assert exact - 0.005 < curves.losses["free_energy"][-1] < exact + 0.01


def test_training_finds_the_free_energy_of_planar_spins():
    """Against ln Z = N ln 2 pi + (N - 1) ln I_0(1 / T) of an open chain, which the network can represent."""
    model, network = XY((4,), boundary="free"), AutoregressiveXY((4,), hidden=4)
    how = FreeEnergyTraining(400, 200, 0.98, Optimizer("adam", 0.02, "cosine"))
    curves = autoregressive.fit(network, model, 0.8, how, seed=1)
    exact = -(np.log(2 * np.pi) + 3 / 4 * np.log(special.i0(1 / 0.8)))
    assert exact - 0.003 < curves.losses["free_energy"][-1] < exact + 0.005
    with pytest.raises(TypeError, match="allowed is XY for this network"):
        autoregressive.fit(network, Ising((4,)), 0.8, how, seed=1)


def betas_of(monkeypatch, how, **named):
    """The inverse temperature of every step."""
    found, real = [], autoregressive.free_energy_loss

    def spied(log_q, reduced_energies):
        found.append(float((reduced_energies / energies[-1]).nanmedian()))
        return real(log_q, reduced_energies)

    energies, model = [], Ising((2, 3), field=10.0)  # so strong that no energy is 0
    of_model = Ising.energy

    def seen(self, spins):
        energies.append(of_model(self, spins))
        return energies[-1]

    monkeypatch.setattr(autoregressive, "free_energy_loss", spied)
    monkeypatch.setattr(Ising, "energy", seen)
    autoregressive.fit(AutoregressiveNetwork((2, 3), hidden=2), model, 2.0, how, seed=1, **named)
    return found


def test_the_inverse_temperature_rises_from_zero(monkeypatch):
    how = FreeEnergyTraining(6, 10, 0.5, FAST, steps_per_epoch=3)
    np.testing.assert_allclose(betas_of(monkeypatch, how), 0.5 * (1 - 0.5 ** np.arange(1, 7)), rtol=1e-6)


def test_without_annealing_it_is_the_whole_one_at_once(monkeypatch):
    how = FreeEnergyTraining(2, 10, 0.0, FAST, steps_per_epoch=2)
    np.testing.assert_allclose(betas_of(monkeypatch, how), 0.5, rtol=1e-6)


def test_a_resumed_annealing_goes_on_where_it_stopped(tmp_path, monkeypatch):
    def fit(network, **named):
        how = FreeEnergyTraining(12, 20, 0.8, FAST, steps_per_epoch=4)
        return autoregressive.fit(network, LATTICE, 2.0, how, seed=1, **named)

    whole, resumed = AutoregressiveNetwork((2, 3), hidden=2), AutoregressiveNetwork((2, 3), hidden=2)
    curves = fit(whole)
    real, calls = autoregressive.free_energy_loss, []

    def stops(*arguments):
        calls.append(1)
        if len(calls) > 6:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(autoregressive, "free_energy_loss", stops)
    with pytest.raises(KeyboardInterrupt):
        fit(resumed, checkpoint=tmp_path / "state.npz")
    monkeypatch.setattr(autoregressive, "free_energy_loss", real)
    again = fit(resumed, checkpoint=tmp_path / "state.npz")
    np.testing.assert_array_equal(again.losses["free_energy"], curves.losses["free_energy"])
    for name, values in weights(whole).items():
        np.testing.assert_array_equal(weights(resumed)[name], values)
    other, how = AutoregressiveNetwork((3, 2), hidden=2), FreeEnergyTraining(12, 20, 0.8, FAST, steps_per_epoch=4)
    with pytest.raises(ValueError, match="belongs to another network"):
        autoregressive.fit(other, Ising((3, 2)), 2.0, how, seed=1, checkpoint=tmp_path / "state.npz")


def test_a_loss_that_is_nan_stops(monkeypatch):
    real, calls = autoregressive.free_energy_loss, []

    def breaks(*arguments):
        calls.append(1)
        return real(*arguments) * (1.0 if len(calls) <= 5 else float("nan"))

    monkeypatch.setattr(autoregressive, "free_energy_loss", breaks)
    network, how = AutoregressiveNetwork((2, 3), hidden=2), FreeEnergyTraining(8, 20, 0.8, FAST, steps_per_epoch=4)
    with pytest.raises(NotFiniteError, match=r"loss of epoch 1 is nan in step 1.* weights of epoch 0"):
        autoregressive.fit(network, LATTICE, 2.0, how, seed=1)
    assert all(np.isfinite(values).all() for values in weights(network).values())


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"model": Potts((2, 3), q=2)}, TypeError, "allowed is Ising"),
        ({"model": Ising((3, 2))}, ValueError, r"model of shape \(3, 2\): the network is for \(2, 3\)"),
        ({"model": Ising((2, 3), field=0.1)}, ValueError, "field 0.1: a network with q"),
        ({"temperature": 0.0}, ValueError, "temperature 0.0"),
        ({"temperature": float("nan")}, ValueError, "temperature nan"),
    ],
)
def test_bad_input(change, error, words):
    arguments = {"model": LATTICE, "temperature": 2.0} | change
    with pytest.raises(error, match=words):
        autoregressive.fit(AutoregressiveNetwork((2, 3), z2=True), how=FreeEnergyTraining(100), seed=1, **arguments)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"steps": 0}, "steps 0"),
        ({"steps": 150}, "steps 150: a multiple of steps_per_epoch 100"),
        ({"batch": 0}, "batch 0"),
        ({"annealing": 1.0}, "annealing 1.0"),
        ({"steps_per_epoch": 0}, "steps_per_epoch 0"),
    ],
)
def test_bad_settings(settings, words):
    with pytest.raises(ValueError, match=words):
        FreeEnergyTraining(**({"steps": 100} | settings))


def test_bad_losses():
    for log_q, energies in ((torch.zeros(1), torch.zeros(1)), (torch.zeros(3), torch.zeros(2))):
        with pytest.raises(ValueError, match="at least two configurations is needed"):
            free_energy_loss(log_q, energies)
