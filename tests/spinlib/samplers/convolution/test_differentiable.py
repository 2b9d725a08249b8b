import itertools
import math

import numpy as np
import pytest
import torch
from scipy.special import expit

from spinlib.models import Ising, Potts
from spinlib.samplers.convolution.differentiable import refuse, relaxed_sweep
from spinlib.samplers.convolution.metropolis import draw_noise, sweep

torch.set_num_threads(1)


def _generator(seed=0):
    return torch.Generator().manual_seed(seed)


def _spins(shape, batch, seed=0, dtype=torch.float64):
    return (2 * torch.randint(2, (batch, 1, *shape), generator=_generator(seed)) - 1).to(dtype)


def _couplings(*shape, seed=3):
    return torch.randn(*shape, generator=_generator(seed), dtype=torch.float64)


MODELS = [
    Ising((4, 6), coupling=0.7),
    Ising((5, 4), boundary=("free", "antiperiodic"), coupling=_couplings(2, 5, 4), field=0.2),
    Ising((4, 6), neighborhood="triangular"),
    Ising((6,), boundary="antiperiodic"),
    Ising((2, 4, 4), boundary=("periodic", "free", "periodic")),
]


@pytest.mark.parametrize("alpha", [0.5, 10.0, 1e4])
@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_discretised_by_colour_it_is_metropolis_at_any_alpha(model, alpha):
    """Bit by bit the spins of Algorithm 1 from the same noise."""
    temperatures = torch.tensor([0.1, 1.0, 4.0], dtype=torch.float64)
    expected = _spins(model.shape, 3)
    spins, rng = expected.clone(), _generator(5)
    for _ in range(5):
        spins = relaxed_sweep(model, spins, temperatures, alpha, draw_noise(spins, rng))
    sweep(model, expected, temperatures, _generator(5), 5)
    assert torch.equal(spins, expected)
    assert not torch.equal(spins, _spins(model.shape, 3))


def test_one_sweep_tends_to_metropolis_as_alpha_grows():
    model, temperature = Ising((32, 32)), 2.0
    start = torch.ones(8, 1, 32, 32, dtype=torch.float64)
    sweep(model, start, temperature, _generator(1), 50)
    noise = draw_noise(start, _generator(2))
    metropolis = relaxed_sweep(model, start, temperature, 1.0, noise)
    distance: dict[str, list[float]] = {"none": [], "sweep": []}
    for discretize, distances in distance.items():
        for alpha in (10.0, 100.0, 1e3, 1e4):
            spins = relaxed_sweep(model, start, temperature, alpha, noise, discretize=discretize)
            distances.append(((spins - metropolis).abs().mean() / 2).item())
        assert all(later < earlier for earlier, later in itertools.pairwise(distances))
        assert distances[-1] < 1e-3
        assert distances[0] > 1e-2


def _joint_flip_probabilities(model, start, temperature, alpha, points=400):
    """P(which sites of a free 2 x 2 lattice flip) for line 11 read literally, by integrating the formula over r.

    The sites 0 and 3 have the first colour, 1 and 2 the second; each of 1 and 2 is a neighbour of 0 and of 3.
    """
    r = (np.arange(points) + 0.5) / points
    s, coupling = start.flatten().numpy(), model.coupling

    def accept(site, around):
        return np.exp(-np.maximum(2 * coupling * s[site] * around, 0) / temperature)

    p0, p3 = accept(0, s[1] + s[2]), accept(3, s[1] + s[2])
    soft0 = s[0] * (1 - 2 * expit(alpha * (p0 - r)))[:, None]
    soft3 = s[3] * (1 - 2 * expit(alpha * (p3 - r)))[None, :]
    p1, p2 = accept(1, soft0 + soft3), accept(2, soft0 + soft3)
    flip0, flip3 = (r < p0)[:, None], (r < p3)[None, :]
    probabilities = []
    for f0, f1, f2, f3 in itertools.product((False, True), repeat=4):
        case = (flip0 == f0) & (flip3 == f3)
        probabilities.append((case * np.where(f1, p1, 1 - p1) * np.where(f2, p2, 1 - p2)).mean())
    return np.array(probabilities)


@pytest.mark.parametrize("discretize", ["color", "sweep"])
@pytest.mark.parametrize("alpha", [2.0, 20.0])
def test_transition_frequencies_of_one_sweep(alpha, discretize):
    """100,000 copies of one state against the formula; 15 degrees of freedom or fewer, four tests."""
    model, temperature, n = Ising((2, 2), boundary="free", coupling=0.8), 2.0, 100_000
    start = torch.tensor([[1.0, 1.0], [1.0, -1.0]], dtype=torch.float64)
    batch = start.expand(n, 1, 2, 2).clone()
    after = relaxed_sweep(model, batch, temperature, alpha, draw_noise(batch, _generator(9)), discretize=discretize)
    flips = (after != batch).flatten(1).long() @ torch.tensor([8, 4, 2, 1])
    counts = torch.bincount(flips, minlength=16).numpy()
    # At alpha = 1e6 the soft spins are hard, and the formula is that of Metropolis by colour.
    steepness = alpha if discretize == "sweep" else 1e6
    expected = n * _joint_flip_probabilities(model, start, temperature, steepness)
    possible = expected > 1e-6 * n
    assert counts[~possible].sum() == 0
    assert expected[possible].min() > 10
    chi_squared = ((counts - expected)[possible] ** 2 / expected[possible]).sum()
    assert chi_squared < 41.7  # p = 0.001 / 4 at 15 degrees of freedom


def test_the_two_discretisations_differ_at_small_alpha():
    model, start = Ising((2, 2), boundary="free", coupling=0.8), torch.tensor([[1.0, 1.0], [1.0, -1.0]])
    literal = _joint_flip_probabilities(model, start, 2.0, 2.0)
    metropolis = _joint_flip_probabilities(model, start, 2.0, 1e6)
    assert np.abs(literal - metropolis).sum() > 0.05


@pytest.mark.parametrize("boundary", ["periodic", "free", ("antiperiodic", "periodic")])
@pytest.mark.parametrize("kind", ["number", "bonds", "bonds of each member"])
def test_gradient_to_couplings_is_that_of_the_relaxed_map(boundary, kind):
    """Against finite differences at fixed noise."""
    model, start = Ising((4, 4), boundary=boundary, field=0.1), _spins((4, 4), 2)
    coupling = {"number": torch.tensor(0.6, dtype=torch.float64), "bonds": _couplings(2, 4, 4)}.get(
        kind, _couplings(2, 2, 4, 4)
    )
    temperatures, noise = torch.tensor([0.9, 2.0]), draw_noise(start, _generator(3))

    def loss(strength):
        return relaxed_sweep(model, start, temperatures, 4.0, noise, coupling=strength, discretize="none")

    assert torch.autograd.gradcheck(loss, (coupling.requires_grad_(),))


def test_gradient_to_spins_takes_the_proposal_as_fixed():
    """Finite differences of the map whose proposals are those of the unchanged start."""
    coupling, temperature, alpha = _couplings(2, 2, 2), 1.5, 4.0  # couplings without ties: min(1, p) has a kink
    model = Ising((2, 2), coupling=coupling, boundary="free")
    start, noise = _spins((2, 2), 1, seed=4), draw_noise(_spins((2, 2), 1), _generator(6))
    proposed, adjacency = -start.flatten(), torch.zeros(4, 4, dtype=torch.float64)
    for i, j, strength in zip(*model.lattice.bonds[:2], model.bond_strengths, strict=True):
        adjacency[i, j] = adjacency[j, i] = float(strength)

    def fixed_proposals(spins):
        s = spins.flatten()
        for color in ([0, 3], [1, 2]):
            change = -(proposed - s) * (adjacency @ s)
            probability = torch.exp(-change.clamp(min=0) / temperature)
            weight = torch.sigmoid(alpha * (probability - noise.flatten()))
            soft = weight * proposed + (1 - weight) * s
            s = torch.stack([soft[i] if i in color else s[i] for i in range(4)])
        return s.reshape(spins.shape)

    assert torch.autograd.gradcheck(fixed_proposals, (start.clone().requires_grad_(),))
    weights = _couplings(1, 1, 2, 2)
    gradients = []
    for function in (fixed_proposals, lambda s: relaxed_sweep(model, s, temperature, alpha, noise, discretize="none")):
        spins = start.clone().requires_grad_()
        gradients.append(torch.autograd.grad((weights * function(spins)).sum(), spins)[0])
    torch.testing.assert_close(*gradients, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("discretize", ["color", "sweep"])
def test_discretised_spins_carry_gradients(discretize):
    model, start = Ising((4, 4)), _spins((4, 4), 2)
    coupling = _couplings(2, 4, 4).requires_grad_()
    after = relaxed_sweep(
        model, start, 2.0, 5.0, draw_noise(start, _generator(3)), coupling=coupling, discretize=discretize
    )
    assert bool((after.detach().abs() == 1).all())
    (gradient,) = torch.autograd.grad(after.sum(), coupling)
    assert bool(torch.isfinite(gradient).all())
    assert gradient.abs().sum() > 0


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_spins_keep_their_dtype_and_low_temperature_does_not_overflow(dtype):
    model, start = Ising((4, 4)), _spins((4, 4), 3, dtype=dtype)
    coupling = torch.full((2, 4, 4), 1.0, dtype=dtype).requires_grad_()
    noise = draw_noise(start, _generator(3))
    after = relaxed_sweep(model, start, 1e-3, 10.0, noise, coupling=coupling)
    assert after.dtype == dtype
    (gradient,) = torch.autograd.grad(after.sum(), coupling)
    assert bool(torch.isfinite(gradient).all())
    assert torch.equal(start, _spins((4, 4), 3, dtype=dtype))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"temperatures": 0.0}, "temperature 0.0"),
        ({"temperatures": math.nan}, "temperature nan"),
        ({"temperatures": [1.0, 1.0, 1.0]}, "temperatures of shape"),
        ({"alpha": 0.0}, "alpha = 0.0"),
        ({"alpha": math.inf}, "alpha = inf"),
        ({"noise": torch.rand(1, 1, 4, 4)}, "noise of shape"),
        ({"spins": torch.ones(2, 4, 4)}, "spins of shape"),
        ({"discretize": "always"}, "discretize 'always'"),
        ({"coupling": torch.ones(4, 4)}, "coupling of shape"),
        ({"model": Ising((4, 4), neighborhood="moore"), "coupling": torch.ones(2, 4, 4)}, "only 'nearest'"),
        ({"model": Ising((5, 4)), "spins": torch.ones(2, 1, 5, 4)}, "colouring"),
    ],
)
def test_bad_input_is_named(arguments, message):
    good = {"model": Ising((4, 4)), "spins": torch.ones(2, 1, 4, 4), "temperatures": 1.0, "alpha": 10.0}
    good["noise"] = torch.rand(arguments.get("spins", good["spins"]).shape, generator=_generator())
    with pytest.raises(ValueError, match=message):
        relaxed_sweep(**{**good, **arguments})


def test_refuses_integers_and_other_models():
    with pytest.raises(TypeError, match="int8"):
        relaxed_sweep(Ising((4, 4)), torch.ones(1, 1, 4, 4, dtype=torch.int8), 1.0, 10.0, torch.rand(1, 1, 4, 4))
    with pytest.raises(TypeError, match="Potts"):
        refuse(Potts((4, 4)))
