import numpy as np
import pytest
import torch

from spinlib.models import Ising
from spinlib.optimization import exchange_couplings
from spinlib.optimization.exchange_couplings import follow_frozen, optimize_exchange, overlap, random_spins
from spinlib.samplers.convolution.differentiable import relaxed_sweep
from spinlib.samplers.convolution.metropolis import draw_noise
from spinlib.samplers.random import torch_generator

torch.set_num_threads(1)


def _disc(side=8):
    y, x = np.indices((side, side)) - (side - 1) / 2
    return np.where(x**2 + y**2 < (0.35 * side) ** 2, 1, -1)


@pytest.fixture(scope="module")
def training():
    """An 8 x 8 disc at a temperature that learns and at one that does not."""
    return optimize_exchange(
        _disc(), [0.5, 3.0], n_seeds=4, steps=500, rate=5e-3, window=100, snapshot_steps=(0, 20, 500), seed=1
    )


def test_the_pattern_forms_at_low_temperature_and_not_at_high(training):
    final = overlap(training.spins, _disc())
    assert final.shape == (2, 4)
    assert np.median(final[0]) > 0.9
    assert np.median(training.loss[0, :, -1]) < 0.3
    # Spins that know nothing of the target have L = 2.
    assert training.loss[1].mean() == pytest.approx(2.0, abs=0.1)


def test_shapes_and_windows(training):
    assert training.step.tolist() == [100, 200, 300, 400, 500]
    assert training.loss.shape == training.gradient.shape == training.consistency.shape == (2, 4, 5)
    assert training.coupling.shape == (2, 4, 2, 8, 8)
    assert training.snapshot_step.tolist() == [0, 20, 500]
    assert training.snapshots.shape == (3, 2, 4, 8, 8)
    np.testing.assert_array_equal(training.snapshots[-1], training.spins)
    assert ((training.consistency > 0) & (training.consistency <= 1)).all()
    assert (training.gradient > 0).all()


def test_learned_couplings_satisfy_the_pattern(training):
    """J_ij s_i s_j > 0 on nearly all bonds: the pattern is close to a ground state of the learned couplings."""
    pattern = _disc()
    pairs = np.stack([pattern * np.roll(pattern, -1, axis) for axis in (0, 1)])
    satisfied = (pairs * training.coupling[0] > 0).mean(axis=(1, 2, 3))
    assert satisfied.min() > 0.85
    assert np.median(satisfied) > 0.97


def test_frozen_couplings_repair_the_pattern(training):
    pattern, rng = _disc(), np.random.default_rng(5)
    damaged = np.where(rng.random((4, 8, 8)) < 0.2, -pattern, pattern)
    states = follow_frozen(training.coupling[0], damaged, 0.3, (0, 30), seed=2)
    np.testing.assert_array_equal(states[0], damaged)
    before, after = overlap(states, pattern)
    assert before.max() < 0.75
    assert after.min() > 0.85


def test_first_step_is_one_relaxed_sweep_and_one_step_of_adam():
    """Adam's first step moves each coupling by the rate against the sign of its gradient."""
    arguments = {"n_seeds": 2, "steps": 1, "window": 1, "initial_coupling": (0.2, 0.4), "seed": 3}
    result = optimize_exchange(_disc(), [1.0], rate=1e-3, **arguments)
    before = optimize_exchange(_disc(), [1.0], rate=1e-9, snapshot_steps=(0,), **arguments)
    model, target = Ising((8, 8)), torch.tensor(_disc(), dtype=torch.float32)
    coupling = torch.tensor(before.coupling[0]).requires_grad_()
    spins = torch.tensor(before.snapshots[0, 0], dtype=torch.float32)[:, None]
    rng = torch_generator(3, "exchange", 0, 0)
    torch.rand(coupling.shape, generator=rng)
    torch.testing.assert_close(random_spins(2, (8, 8), rng), spins, rtol=0, atol=0)
    moved = relaxed_sweep(model, spins, 1.0, 10.0, draw_noise(spins, rng), coupling=coupling)
    losses = ((moved - target) ** 2).mean((1, 2, 3))
    (gradient,) = torch.autograd.grad(losses.sum(), coupling)
    np.testing.assert_allclose(result.loss[0, :, 0], losses.detach(), rtol=1e-6)
    np.testing.assert_allclose(result.gradient[0, :, 0], gradient.abs().mean((1, 2, 3)), rtol=1e-5)
    np.testing.assert_allclose(result.consistency[0, :, 0], 1.0, rtol=1e-6)
    step = (result.coupling - before.coupling)[0]
    large = gradient.abs().numpy() > 1e-4
    np.testing.assert_allclose(step[large], -1e-3 * np.sign(gradient.numpy()[large]), rtol=1e-2)


@pytest.mark.parametrize("discretize", ["color", "none"])
def test_restart_begins_every_step_at_the_same_spins(discretize):
    """With a rate too small to learn, the last state is one sweep away from the start; a persistent chain orders."""
    losses = {}
    for setup in ("restart", "persistent"):
        result = optimize_exchange(
            np.ones((16, 16)), [0.5], n_seeds=8, steps=60, window=60, rate=1e-12, setup=setup, seed=4,
            initial_coupling=(0.5, 0.5), snapshot_steps=(0, 60), discretize=discretize,
        )  # fmt: skip
        start, end = (Ising((16, 16)).energy(result.snapshots[k, 0]) / 256 for k in (0, 1))
        losses[setup] = (end - start).mean()
    assert losses["persistent"] < losses["restart"] - 0.3


def test_same_seed_same_training_other_seed_another():
    arguments = {"n_seeds": 2, "steps": 4, "window": 2}
    first, second, other = (optimize_exchange(_disc(4), [0.8], seed=seed, **arguments) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.coupling, second.coupling)
    assert (first.coupling != other.coupling).any()
    assert (first.coupling[0, 0] != first.coupling[0, 1]).any()


def test_overlap():
    pattern = _disc(4)
    np.testing.assert_array_equal(overlap(np.stack([pattern, -pattern]), pattern), [1.0, -1.0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"target": np.zeros((4, 4))}, "0.0"),
        ({"target": np.ones((5, 4))}, "colouring"),
        ({"temperatures": [0.0]}, "temperature 0.0"),
        ({"setup": "again"}, "setup 'again'"),
        ({"steps": 5}, "multiple of window = 2"),
        ({"n_seeds": 0}, "n_seeds = 0"),
        ({"temperatures": []}, "temperatures = 0"),
        ({"rate": -1.0}, "rate = -1.0"),
        ({"snapshot_steps": (0, 5)}, "snapshot at step 5"),
        ({"discretize": "never"}, "discretize 'never'"),
    ],
)
def test_bad_input_is_named(arguments, message):
    good = {"target": np.ones((4, 4)), "temperatures": [1.0], "n_seeds": 1, "steps": 4, "window": 2, "seed": 0}
    with pytest.raises(ValueError, match=message):
        optimize_exchange(**{**good, **arguments})


@pytest.mark.parametrize("setup", ["persistent", "restart"])
def test_every_step_is_adams_from_the_gradient_of_that_step(setup, monkeypatch):
    """The training again, with Adam's formula (Kingma and Ba, arXiv:1412.6980) written out."""
    temperatures, n_seeds, steps, rate, alpha = [0.7, 2.0], 2, 6, 2e-2, 7.0
    seen = []

    def spy(model, spins, temperature, alpha, noise, **others):
        seen.append(
            (spins.clone(), temperature.tolist(), alpha, others["discretize"], others["coupling"].detach().clone())
        )
        return relaxed_sweep(model, spins, temperature, alpha, noise, **others)

    monkeypatch.setattr(exchange_couplings, "relaxed_sweep", spy)
    result = optimize_exchange(
        _disc(), temperatures, n_seeds=n_seeds, steps=steps, window=1, rate=rate, alpha=alpha, setup=setup, seed=6,
        initial_coupling=(0.2, 0.4), discretize="none",
    )  # fmt: skip
    model, target = Ising((8, 8)), torch.tensor(_disc(), dtype=torch.float32)
    rng, each = torch_generator(6, "exchange", 0, 0), torch.tensor(np.repeat(temperatures, n_seeds))
    coupling = 0.2 + (0.4 - 0.2) * torch.rand((4, 2, 8, 8), generator=rng)
    start = spins = random_spins(4, (8, 8), rng)
    mean, square = torch.zeros_like(coupling), torch.zeros_like(coupling)
    for step in range(1, steps + 1):
        origin = spins if setup == "persistent" else start
        assert torch.equal(seen[step - 1][0], origin)
        assert seen[step - 1][1:4] == (np.repeat(temperatures, n_seeds).tolist(), alpha, "none")
        torch.testing.assert_close(seen[step - 1][4], coupling, rtol=0, atol=2e-6)
        variable = seen[step - 1][4].requires_grad_()
        moved = relaxed_sweep(model, origin, each, alpha, draw_noise(origin, rng), coupling=variable, discretize="none")
        losses = ((moved - target) ** 2).mean((1, 2, 3))
        (gradient,) = torch.autograd.grad(losses.sum(), variable)
        np.testing.assert_allclose(result.loss[..., step - 1].ravel(), losses.detach(), rtol=1e-5)
        mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
        move = rate * (mean / (1 - 0.9**step)) / ((square / (1 - 0.999**step)).sqrt() + 1e-8)
        coupling = variable.detach() - move
        spins = torch.where(moved.detach() < 0, -1.0, 1.0)
    np.testing.assert_allclose(result.coupling.reshape(4, 2, 8, 8), coupling, rtol=0, atol=2e-6)
    np.testing.assert_array_equal(result.spins.reshape(4, 8, 8), spins[:, 0])


def test_frozen_couplings_are_swept_as_often_and_as_hot_as_asked(monkeypatch):
    calls = []
    monkeypatch.setattr(
        exchange_couplings,
        "sweep",
        lambda model, state, temperatures, rng, n, **others: calls.append((n, temperatures, others)),
    )
    coupling, spins = np.full((2, 2, 4, 4), 0.3, np.float32), np.ones((2, 4, 4))
    states = follow_frozen(coupling, spins, [0.4, 1.5], (0, 3, 10), seed=2)
    assert [n for n, *_ in calls] == [0, 3, 7]
    for _, temperatures, others in calls:
        assert temperatures == [0.4, 1.5]
        np.testing.assert_array_equal(others["coupling"], coupling)
    assert states.shape == (3, 2, 4, 4)
