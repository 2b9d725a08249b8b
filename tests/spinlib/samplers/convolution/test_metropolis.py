import math

import numpy as np
import pytest
import torch

from spinlib.models import CellularPotts, Ising, Potts
from spinlib.samplers.convolution.metropolis import draw_noise, refuse, sweep

torch.set_num_threads(1)


def _generator(seed=0):
    return torch.Generator().manual_seed(seed)


def _ising_spins(shape, batch, seed=0, dtype=torch.float32):
    return (2 * torch.randint(2, (batch, 1, *shape), generator=_generator(seed)) - 1).to(dtype)


def _potts_states(model, batch, seed=0):
    return torch.randint(model.q, (batch, 1, *model.shape), generator=_generator(seed)).float()


def _masks(model):
    return [torch.tensor(model.lattice.coloring == color) for color in range(model.lattice.n_colors)]


def _couplings(shape, seed=3):
    return np.random.default_rng(seed).normal(size=(len(shape), *shape))


ISINGS = [
    Ising((4, 6)),
    Ising((5, 5), boundary="free", field=0.3),
    Ising((4, 4), boundary=("antiperiodic", "periodic"), coupling=-0.7),
    Ising((4, 6), coupling=_couplings((4, 6)), boundary=("periodic", "antiperiodic")),
    Ising((5, 4), coupling=_couplings((5, 4)), boundary=("free", "periodic")),
    Ising((4, 6), neighborhood="triangular"),
    Ising((4, 4), neighborhood="honeycomb"),
    Ising((4, 6), neighborhood="next_nearest", boundary="free"),
    Ising((6, 6), neighborhood="moore2"),
    Ising((8,)),
    Ising((4, 2, 4)),
]


@pytest.mark.parametrize("model", ISINGS, ids=repr)
def test_ising_sweep_is_metropolis_by_colour(model):
    """Against the textbook rule with the model's own energy change and the same noise."""
    temperatures = torch.tensor([0.5, 2.0, 5.0], dtype=torch.float64)
    spins = _ising_spins(model.shape, 3)
    expected, rng = spins.double(), _generator(7)
    for _ in range(4):
        noise = draw_noise(spins, rng)
        for mask in _masks(model):
            change = model.energy_change(expected)
            probability = torch.exp(-change / temperatures.reshape(-1, *(1,) * (change.ndim - 1)))
            expected = torch.where((noise < probability) & mask, -expected, expected)
    sweep(model, spins, temperatures, _generator(7), 4)
    torch.testing.assert_close(spins, expected.float(), rtol=0, atol=0)
    assert not torch.equal(spins, _ising_spins(model.shape, 3))


POTTS = [
    Potts((4, 6), q=3),
    Potts((4, 5), q=4, boundary=("periodic", "free"), coupling=-0.6),
    Potts((4, 6), q=3, neighborhood="triangular"),
    Potts((4, 4), q=2, neighborhood="honeycomb", boundary="free"),
    Potts((6,), q=5),
    Potts((4, 4, 2), q=3),
]


@pytest.mark.parametrize("proposal", ["other", "random"])
@pytest.mark.parametrize("model", POTTS, ids=repr)
def test_potts_sweep_is_metropolis_by_colour(model, proposal):
    temperatures = torch.tensor([0.3, 1.0], dtype=torch.float64)
    states = _potts_states(model, 2)
    expected, rng = states.long(), _generator(8)
    for _ in range(4):
        noise = draw_noise(states, rng)
        shift = torch.randint(int(proposal == "other"), model.q, states.shape, generator=rng)
        proposed = (expected + shift) % model.q
        for mask in _masks(model):
            change = model.energy_change(expected, proposed)
            probability = torch.exp(-change / temperatures.reshape(-1, *(1,) * (change.ndim - 1)))
            expected = torch.where((noise < probability) & mask, proposed, expected)
    sweep(model, states, temperatures, _generator(8), 4, proposal=proposal)
    torch.testing.assert_close(states, expected.float(), rtol=0, atol=0)
    assert not torch.equal(states, _potts_states(model, 2))


@pytest.mark.parametrize("proposal", ["other", "random"])
def test_two_sweeps_leave_the_boltzmann_distribution_as_it_is(proposal):
    """Stationarity on the 16 states of a free 2 x 2 lattice: 40,000 lattices drawn from exp(-H/T)."""
    model, temperature, n = Ising((2, 2), boundary="free", field=0.2), 1.7, 40_000
    states = torch.tensor(
        [[[1 - 2 * (k >> b & 1) for b in (0, 1)], [1 - 2 * (k >> b & 1) for b in (2, 3)]] for k in range(16)]
    )
    weights = torch.exp(-model.energy(states) / temperature)
    drawn = torch.multinomial(weights, n, replacement=True, generator=_generator(11))
    spins = states[drawn][:, None].float()
    sweep(model, spins, temperature, _generator(12), 2, proposal=proposal)
    counts = torch.bincount((spins < 0).reshape(n, 4).long() @ torch.tensor([1, 2, 4, 8]), minlength=16)
    expected = n * weights / weights.sum()
    chi_squared = ((counts - expected) ** 2 / expected).sum()
    assert chi_squared < 37.7  # 15 degrees of freedom, p = 0.001


def test_random_proposals_change_half_as_many_spins():
    model = Ising((64, 64))
    changed = {}
    for proposal in ("other", "random"):
        spins = _ising_spins(model.shape, 4)
        sweep(model, spins, 1e9, _generator(1), 1, proposal=proposal)
        changed[proposal] = (spins != _ising_spins(model.shape, 4)).double().mean().item()
    assert changed["other"] > 0.9999
    assert changed["random"] == pytest.approx(0.5, abs=4 * 0.5 / math.sqrt(4 * 64**2))


def _overlaps(spins):
    """Of all pairs of batch members."""
    flat = spins.flatten(1).double()
    return (flat @ flat.T / flat.shape[1])[tuple(torch.triu_indices(len(flat), len(flat), 1))]


def test_batch_members_are_uncorrelated_and_with_shared_noise_would_not_be(monkeypatch):
    """With one noise field for the whole batch, all members end in one configuration up to its sign."""
    model, batch, temperature = Ising((16, 16)), 24, 2.269
    own, shared = _ising_spins(model.shape, batch), _ising_spins(model.shape, batch)
    sweep(model, own, temperature, _generator(4), 200)
    overlaps = _overlaps(own)
    assert abs(overlaps.mean()) < 3 * overlaps.std() / math.sqrt(len(overlaps))
    assert overlaps.abs().max() < 0.99

    monkeypatch.setattr(
        "spinlib.samplers.convolution.metropolis.draw_noise",
        lambda spins, rng: draw_noise(spins[:1], rng).expand_as(spins),
    )
    sweep(model, shared, temperature, _generator(4), 200)
    assert (_overlaps(shared).abs() == 1).double().mean() > 0.9


@pytest.mark.parametrize("dtype", [torch.int8, torch.int64, torch.float64])
def test_every_dtype_gives_the_same_spins_in_place(dtype):
    model, spins = ISINGS[3], _ising_spins((4, 6), 2, dtype=dtype)
    reference = spins.float()
    memory = spins.data_ptr()
    sweep(model, reference, [1.0, 2.0], _generator(2), 3)
    assert sweep(model, spins, np.array([1.0, 2.0]), _generator(2), 3) is None
    assert spins.dtype == dtype
    assert spins.data_ptr() == memory
    torch.testing.assert_close(spins.float(), reference, rtol=0, atol=0)


def test_couplings_per_batch_member_replace_the_models():
    model, couplings = Ising((4, 6)), torch.tensor(np.stack([_couplings((4, 6), seed) for seed in (1, 2)]))
    spins = _ising_spins((4, 6), 2)
    noise = draw_noise(spins, _generator(5))
    sweep(model, spins, [1.0, 2.0], _generator(5), 1, coupling=couplings)
    for member, temperature in enumerate((1.0, 2.0)):
        own, expected = Ising((4, 6), coupling=couplings[member]), _ising_spins((4, 6), 2).double()[member, 0]
        for mask in _masks(own):
            accept = noise[member, 0] < torch.exp(-own.energy_change(expected) / temperature)
            expected = torch.where(accept & mask, -expected, expected)
        torch.testing.assert_close(spins[member, 0].double(), expected, rtol=0, atol=0)


def test_ordered_lattice_stays_frozen_where_float32_noise_would_melt_it():
    """exp(-8/T) = 1e-11 at T = 0.316; a float32 uniform is 0, hence below it, once in 2^24 = 1.7e7 draws."""
    model, spins = Ising((512, 512)), torch.ones(1, 1, 512, 512)
    noise = draw_noise(spins, _generator())
    assert noise.dtype == torch.float64
    assert not torch.equal(noise, noise.float().double())
    sweep(model, spins, 0.316, _generator(), 3)
    assert bool((spins == 1).all())


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan, math.inf])
def test_bad_temperatures(temperature):
    with pytest.raises(ValueError, match=f"temperature {temperature}"):
        sweep(Ising((4, 4)), _ising_spins((4, 4), 2), [1.0, temperature], _generator(), 1)


@pytest.mark.parametrize(
    ("model", "spins", "arguments", "message"),
    [
        (Ising((4, 4)), torch.ones(2, 4, 4), {}, "spins of shape"),
        (Ising((4, 4)), torch.ones(2, 1, 4, 5), {}, "spins of shape"),
        (Ising((4, 4)), torch.zeros(2, 1, 4, 4), {}, "0"),
        (Potts((4, 4), q=3), torch.full((2, 1, 4, 4), 3.0), {}, "3"),
        (Ising((5, 4)), torch.ones(2, 1, 5, 4), {}, "colouring"),
        (Ising((4, 4)), torch.ones(2, 1, 4, 4), {"temperatures": [1.0, 2.0, 3.0]}, "temperatures of shape"),
        (Ising((4, 4)), torch.ones(2, 1, 4, 4), {"proposal": "flip"}, "proposal 'flip'"),
        (Ising((4, 4)), torch.ones(2, 1, 4, 4), {"n": -1}, "n = -1"),
        (Ising((4, 4)), torch.ones(2, 1, 4, 4), {"coupling": torch.ones(2, 4, 5)}, "coupling of shape"),
        (Potts((4, 4), q=3), torch.ones(2, 1, 4, 4), {"coupling": torch.ones(2, 4, 4)}, "only for Ising"),
    ],
)
def test_bad_input_is_named(model, spins, arguments, message):
    with pytest.raises(ValueError, match=message):
        sweep(model, spins, **{"temperatures": 1.0, "rng": _generator(), "n": 1, **arguments})


def test_refuses_other_models():
    with pytest.raises(TypeError, match="CellularPotts"):
        refuse(CellularPotts((6, 6), [0, 1], np.zeros((2, 2))))
    refuse(Ising((4, 6), neighborhood="triangular"))
    with pytest.raises(ValueError, match="colouring"):
        refuse(Ising((4, 4), neighborhood="triangular"))
