import itertools

import numpy as np
import pytest
import torch

from spinlib.exact import enumeration
from spinlib.models import Ising
from spinlib.optimization.annealing import UPDATES_PER_STEP, anneal, discretized, spin_glass_couplings

torch.set_num_threads(1)


def _generator(seed=0):
    return torch.Generator().manual_seed(seed)


def _instances(n=6, shape=(8, 8), seed=1):
    rng = _generator(seed)
    couplings = spin_glass_couplings(n, shape, rng)
    return couplings, torch.randint(2, (n, 1, *shape), generator=rng) * 2.0 - 1.0


@pytest.mark.parametrize("boundary", ["periodic", "free"])
@pytest.mark.parametrize("method", UPDATES_PER_STEP)
def test_recorded_energies_are_those_of_the_spins(method, boundary):
    couplings, spins = _instances()
    result = anneal(couplings, spins, method, 40, _generator(2), boundary=boundary)
    models = [Ising((8, 8), coupling=coupling, boundary=boundary) for coupling in couplings]
    for record, states in ((0, spins[:, 0].numpy()), (-1, result.spins)):
        expected = [model.energy(state) / 64 for model, state in zip(models, states, strict=True)]
        np.testing.assert_allclose(result.energy[record], expected, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(result.lowest, result.energy.min(axis=0))
    assert result.updates.tolist() == list(range(0, 41, UPDATES_PER_STEP[method]))
    assert result.energy.shape == (len(result.updates), 6)
    assert result.energy[-1].mean() < result.energy[0].mean() - 0.5


def test_annealing_finds_ground_states_of_small_glasses():
    """Against enumeration of all states of 4 x 4 instances."""
    couplings, spins = _instances(8, (4, 4))
    ground = [enumeration_ground_state(coupling) for coupling in couplings]
    result = anneal(couplings, spins, "monte_carlo", 800, _generator(2))
    assert (result.energy >= np.array(ground) - 1e-12).all()
    assert np.isclose(result.energy[-1], ground).mean() >= 0.75


def enumeration_ground_state(coupling):
    model = Ising((4, 4), coupling=coupling)
    return model.energy(enumeration.states(model)).min() / 16


def test_slow_annealing_of_the_ferromagnet_approaches_its_floor():
    spins = _instances(8, (16, 16))[1]
    energies = [anneal(1.0, spins, "monte_carlo", n, _generator(3)).energy[-1].mean() for n in (10, 400)]
    assert energies[1] < energies[0]
    assert energies[1] == pytest.approx(-2.0, abs=0.1)


def test_gradients_alone_stop_at_a_local_minimum_that_a_glass_has_many_of():
    couplings, spins = _instances(16, (16, 16))
    energy = {m: anneal(couplings, spins, m, 300, _generator(4)).energy[-1].mean() for m in ("gradient", "monte_carlo")}
    assert energy["gradient"] > energy["monte_carlo"] + 0.1


def test_gradient_step_of_two_flips_every_unsatisfied_spin_at_once():
    couplings, spins = _instances()
    result = anneal(couplings, spins, "gradient", 1, _generator(), gradient_rate=2.0)
    for coupling, before, after in zip(couplings, spins[:, 0].double(), result.spins, strict=True):
        field = Ising((8, 8), coupling=coupling).local_field(before)
        np.testing.assert_array_equal(after, torch.where(field == 0, before, field.sign()))


@pytest.mark.parametrize("through_sweep", [False, True])
def test_without_a_gradient_step_differentiable_is_algorithm_2_alone(through_sweep):
    """Rate 0 leaves the relaxed sweep, discretised at its end, whatever the gradient is taken of."""
    couplings, spins = _instances()
    result = anneal(
        couplings, spins, "differentiable", 20, _generator(5), gradient_rate=0.0, through_sweep=through_sweep, alpha=1e9
    )
    # At this alpha that is Metropolis, with the same noise.
    plain = anneal(couplings, spins, "monte_carlo", 10, _generator(5))
    np.testing.assert_array_equal(result.spins, plain.spins)
    np.testing.assert_array_equal(result.energy, plain.energy)
    np.testing.assert_array_equal(result.updates, 2 * plain.updates)


def test_variants_of_the_differentiable_method_differ():
    couplings, spins = _instances()
    ends = [
        anneal(couplings, spins, "differentiable", 20, _generator(5), gradient_rate=rate, through_sweep=through).spins
        for rate, through in ((0.0, False), (0.5, False), (0.5, True))
    ]
    assert all((a != b).any() for a, b in itertools.combinations(ends, 2))


def test_records_are_thinned_and_the_start_is_left_alone():
    couplings, spins = _instances()
    before = spins.clone()
    result = anneal(couplings, spins, "monte_carlo", 10, _generator(2), record_every=4)
    assert result.updates.tolist() == [0, 4, 8, 10]
    assert torch.equal(spins, before)
    assert not spins.requires_grad


def test_couplings_are_fair_coins():
    couplings = spin_glass_couplings(4, (32, 32), _generator(6))
    assert couplings.shape == (4, 2, 32, 32)
    assert set(couplings.unique().tolist()) == {-1.0, 1.0}
    assert abs(couplings.mean()) < 4 / np.sqrt(couplings.numel())


def test_discretized_is_equation_4():
    assert discretized(torch.tensor([-0.3, -0.0, 0.0, 0.2])).tolist() == [-1.0, 1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "quantum"}, "method 'quantum'"),
        ({"n_updates": 0}, "n_updates = 0"),
        ({"method": "differentiable", "n_updates": 3}, "multiple of 2"),
        ({"record_every": 0}, "record_every = 0"),
        ({"start_temperature": 0.0}, "temperature 0.0"),
        ({"spins": torch.zeros(2, 1, 4, 4)}, "0"),
        ({"coupling": torch.ones(2, 2, 4, 5)}, "coupling of shape"),
        ({"coupling": torch.ones(3, 2, 4, 4)}, "coupling of shape"),
    ],
)
def test_bad_input_is_named(arguments, message):
    good = {"coupling": 1.0, "spins": torch.ones(2, 1, 4, 4), "method": "monte_carlo", "n_updates": 4}
    with pytest.raises(ValueError, match=message):
        anneal(**{**good, "rng": _generator(), **arguments})
