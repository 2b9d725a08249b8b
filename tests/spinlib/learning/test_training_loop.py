"""What the loop of `supervised.train` does, step by step: rates, batches, labels, modes, gradients, and its end."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from spinlib.learning import energy_networks, supervised
from spinlib.learning.supervised import Schedule, load_weights, predict, train, weights
from spinlib.networks.initialization import initialize

N, BATCH = 23, 5  # the last batch of an epoch is a smaller one
# Configuration k is the number k, and its label is the same, so that a batch says which examples are in it.
SPINS = np.arange(N, dtype=np.float32)[:, None]
LABELS = np.arange(N, dtype=np.float64)


def generator(seed=1):
    return torch.Generator().manual_seed(seed)


def line():
    return initialize(torch.nn.Linear(1, 1), generator(7))


class Spy:
    """Optimiser classes that write down what they are asked for at every step."""

    def __init__(self, monkeypatch):
        self.rates, self.gradients, self.before, self.after = [], [], [], []
        for name, kind in supervised.OPTIMIZERS.items():
            monkeypatch.setitem(supervised.OPTIMIZERS, name, self.spied(kind))

    def spied(self, kind):
        spy = self

        class Spied(kind):
            def step(self, closure=None):
                (group,) = self.param_groups
                spy.rates.append(group["lr"])
                spy.gradients.append([p.grad.detach().clone() for p in group["params"]])
                spy.before.append([p.detach().clone() for p in group["params"]])
                super().step(closure)
                spy.after.append([p.detach().clone() for p in group["params"]])

        return Spied


def batches_of(schedule, seed=1, n=N):
    """The examples of every batch of a training, as the network sees them, with their labels."""
    seen = []

    def look(batch, wanted, rng):
        seen.append((batch[:, 0].numpy().copy(), wanted.numpy().copy()))
        return batch, wanted

    train(line(), SPINS[:n], LABELS[:n], schedule, generator(seed), augment=look)
    return seen


@pytest.mark.parametrize("optimizer", ["adam", "adadelta"])
def test_every_step_has_the_rate_of_its_epoch(monkeypatch, optimizer):
    spy = Spy(monkeypatch)
    train(line(), SPINS, LABELS, Schedule(4, optimizer, 0.3, "cosine", batch=BATCH), generator())
    # A quarter of a half turn of the cosine each: from the whole rate towards zero at the end of the last epoch.
    expected = 0.15 * (1 + np.cos(np.pi * np.array([0, 1, 2, 3]) / 4))
    np.testing.assert_allclose(spy.rates, np.repeat(expected, 5), rtol=1e-12)


def test_a_rate_without_decay_stays(monkeypatch):
    spy = Spy(monkeypatch)
    train(line(), SPINS, LABELS, Schedule(3, "adam", 0.3, batch=N), generator())
    assert spy.rates == [0.3] * 3


def test_a_step_is_as_long_as_its_rate(monkeypatch):
    """Adam moves by the rate itself where gradients are alike: a rate that is set and not used would show here."""
    spy = Spy(monkeypatch)
    ones = np.ones((8, 1), np.float32)
    train(line(), ones, 1e6 * np.ones(8), Schedule(5, "adam", 0.1, "cosine", batch=8, bfloat16=False), generator())
    steps = [float((after[1] - before[1]).abs()) for before, after in zip(spy.before, spy.after, strict=True)]
    np.testing.assert_allclose(steps, 0.05 * (1 + np.cos(np.pi * np.arange(5) / 5)), rtol=1e-3)


@pytest.mark.parametrize("n", [N, 20, 3])
def test_every_example_comes_once_an_epoch_and_in_another_order_in_the_next(n):
    n_batches, orders = -(-n // BATCH), []
    seen = batches_of(Schedule(6, "adam", batch=BATCH), n=n)
    assert len(seen) == 6 * n_batches
    for epoch in range(6):
        parts = [batch for batch, _ in seen[epoch * n_batches : (epoch + 1) * n_batches]]
        assert [len(part) for part in parts[:-1]] == [BATCH] * (n_batches - 1)
        orders.append(np.concatenate(parts))
        assert sorted(orders[-1]) == list(range(n))
    assert len({tuple(order) for order in orders}) > 3  # of 6 orders of three examples some are alike
    if n == N:
        assert not any(np.array_equal(one, other) for one, other in pairwise(orders))
        assert not any(np.array_equal(order, np.arange(n)) for order in orders)


def test_orders_are_drawn_evenly():
    # Where an example stands, on average over many epochs: each has mean 11 and variance 44.
    seen = batches_of(Schedule(400, "adam", 1e-9, batch=N))
    places = np.array([np.argsort(batch) for batch, _ in seen])
    assert np.abs(places.mean(axis=0) - 11).max() < 4.5 * np.sqrt(44 / 400)


def test_labels_follow_their_examples():
    for batch, wanted in batches_of(Schedule(3, "adam", batch=BATCH)):
        np.testing.assert_array_equal(batch, wanted)


def test_the_generator_alone_decides_the_order():
    schedule = Schedule(2, "adam", batch=BATCH)
    first, again, other = (np.concatenate([b for b, _ in batches_of(schedule, seed)]) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_gradients_are_those_of_one_batch(monkeypatch):
    spy, network, seen = Spy(monkeypatch), line(), []

    def look(batch, wanted, rng):
        seen.append((batch.clone(), wanted.clone()))
        return batch, wanted

    train(network, SPINS, LABELS, Schedule(2, "adam", batch=BATCH, bfloat16=False), generator(), augment=look)
    for (batch, wanted), (weight, bias), found in zip(seen, spy.before, spy.gradients, strict=True):
        off = batch[:, 0] * weight[0, 0] + bias - wanted
        torch.testing.assert_close(found[0][0, 0], 2 * (off * batch[:, 0]).mean(), rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(found[1][0], 2 * off.mean(), rtol=1e-4, atol=1e-4)


def test_losses_are_means_over_examples_not_over_batches():
    # At a rate of nearly zero, 0 x + 0 errs by k^2 at example k; the last, smaller batch weighs as its examples do.
    network = torch.nn.Linear(1, 1)
    torch.nn.init.zeros_(network.weight)
    torch.nn.init.zeros_(network.bias)
    losses = train(network, SPINS, LABELS, Schedule(3, "adam", 1e-12, batch=BATCH, bfloat16=False), generator())
    np.testing.assert_allclose(losses, (LABELS**2).mean(), rtol=1e-6)


class Scripted(torch.nn.Module):
    """Its squared error in epoch k, whatever it learns, is losses[k]."""

    def __init__(self, losses):
        super().__init__()
        self.nothing, self.losses, self.epoch = torch.nn.Parameter(torch.zeros(())), losses, 0

    def forward(self, spins):
        value = self.losses[self.epoch] ** 0.5
        self.epoch += 1
        return torch.full((len(spins), 1), value) + 0.0 * self.nothing


PLATEAUS = [
    # The least loss is that of the epochs before; 0.999 of it is the border.
    ([4.0, 3.0, 2.0, 1.0, 0.5, 0.4], 2, 6),
    ([4.0, 3.0, 3.0, 3.0, 1.0, 1.0], 2, 4),
    ([4.0, 3.0, 3.0, 2.9, 3.0, 3.0], 2, 6),
    ([4.0, 4.0, 4.0, 4.0, 4.0, 4.0], 1, 2),
    ([4.0, 4.0, 4.0, 4.0, 4.0, 4.0], 3, 4),
    ([4.0, 3.998, 3.997, 3.996, 3.9, 3.9], 3, 4),
    ([4.0, 3.998, 3.997, 3.990, 3.9, 3.8], 3, 6),
    ([1.0, 5.0, 2.0, 1.5, 0.9, 0.8], 3, 4),
    ([1.0, 5.0, 2.0, 1.5, 0.9, 0.8], 4, 6),
    ([4.0, 4.0, 4.0, 4.0, 4.0, 4.0], None, 6),
]


@pytest.mark.parametrize(("losses", "patience", "n_epochs"), PLATEAUS)
def test_a_training_stops_at_the_first_plateau_that_is_long_enough(losses, patience, n_epochs):
    schedule = Schedule(6, "adam", batch=N, patience=patience, bfloat16=False)
    found = train(Scripted(losses), SPINS, np.zeros(N), schedule, generator())
    np.testing.assert_allclose(found, losses[:n_epochs], rtol=1e-5)


class Noisy(torch.nn.Module):
    """Batch norm and dropout: what it says of a configuration in training depends on the others and on chance."""

    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.BatchNorm1d(1), torch.nn.Linear(1, 50), torch.nn.Dropout(0.5))
        self.last = torch.nn.Linear(50, 1)
        self.modes = []

    def forward(self, spins):
        self.modes.append(self.training)
        return self.last(self.layers(spins))


def test_training_is_in_training_mode_and_predicting_never():
    network = Noisy().eval()
    train(network, SPINS, LABELS, Schedule(2, "adam", 1e-2, batch=BATCH), generator())
    assert network.modes == [True] * 10
    assert not network.training
    whole = predict(network, SPINS)
    assert network.modes[10:] == [False]
    np.testing.assert_allclose(predict(network, SPINS, batch=1), whole, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(predict(network, SPINS), whole)


def test_predicting_leaves_the_mode_as_it_was():
    network = Noisy().train()
    before = weights(network)
    whole = predict(network, SPINS)
    np.testing.assert_allclose(predict(network, SPINS, batch=1), whole, rtol=1e-4, atol=1e-5)
    assert network.training
    assert not any(network.modes)
    for name, value in weights(network).items():
        np.testing.assert_array_equal(value, before[name])
    loaded = load_weights(Noisy().train(), before)
    assert not loaded.training


@pytest.mark.parametrize("optimizer", ["adam", "adadelta"])
@pytest.mark.parametrize("stop", range(1, 5))
def test_a_resumed_training_is_the_uninterrupted_one(tmp_path, monkeypatch, optimizer, stop):
    """Weights, losses, rates and the order of the examples, whichever the epoch that is interrupted."""
    schedule = Schedule(5, optimizer, 0.05, "cosine", batch=BATCH, patience=4, bfloat16=False)
    spy, whole = Spy(monkeypatch), line()
    losses = train(whole, SPINS, LABELS, schedule, generator())
    rates, spy.rates = spy.rates, []
    assert len(losses) == 5

    class Killed(Exception):
        pass

    n_steps = 0

    def killed(batch, wanted, rng):
        nonlocal n_steps
        n_steps += 1
        if n_steps == 5 * stop + 3:
            raise Killed
        return batch, wanted

    file = tmp_path / "training.npz"
    with pytest.raises(Killed):
        train(line(), SPINS, LABELS, schedule, generator(), checkpoint=file, augment=killed)
    spy.rates = []
    resumed = initialize(torch.nn.Linear(1, 1), generator(8))
    np.testing.assert_array_equal(train(resumed, SPINS, LABELS, schedule, generator(9), checkpoint=file), losses)
    assert spy.rates == rates[5 * stop :]
    for name, value in weights(whole).items():
        np.testing.assert_array_equal(weights(resumed)[name], value)
    spy.rates = []
    np.testing.assert_array_equal(train(line(), SPINS, LABELS, schedule, generator(), checkpoint=file), losses)
    assert spy.rates == []


def test_a_plateau_that_an_interruption_cut_is_counted_in_full(tmp_path):
    file, labels = tmp_path / "plateau.npz", np.zeros(N)
    losses, schedule = [4.0, 3.0, 3.0, 3.0, 1.0, 1.0], Schedule(6, "adam", batch=N, patience=2, bfloat16=False)

    class Killed(Exception):
        pass

    def killed(batch, wanted, rng):
        if network.epoch == 3:
            raise Killed
        return batch, wanted

    network = Scripted(losses)
    with pytest.raises(Killed):
        train(network, SPINS, labels, schedule, generator(), checkpoint=file, augment=killed)
    assert len(train(network, SPINS, labels, schedule, generator(), checkpoint=file)) == 4
    assert len(train(network, SPINS, labels, schedule, generator(), checkpoint=file)) == 4


@pytest.mark.parametrize("changed", ["examples", "labels"])
def test_a_checkpoint_of_other_examples_is_refused(tmp_path, changed):
    file, schedule = tmp_path / "training.npz", Schedule(2, "adam", batch=BATCH)
    train(line(), SPINS, LABELS, schedule, generator(), checkpoint=file)
    spins, labels = SPINS.copy(), LABELS.copy()
    (spins if changed == "examples" else labels)[4] = 7.5
    with pytest.raises(ValueError, match="belongs to another"):
        train(line(), spins, labels, schedule, generator(), checkpoint=file)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("optimizer", ["adam", "adadelta"])
def test_a_loss_that_is_not_finite_ends_the_training_with_its_epoch(tmp_path, optimizer, bad):
    def spoiled(batch, wanted, rng):
        nonlocal n_steps
        n_steps += 1
        return batch, wanted * (bad if n_steps == 8 else 1.0)

    n_steps, file, schedule = 0, tmp_path / "training.npz", Schedule(6, optimizer, batch=BATCH)
    network = line()
    with pytest.raises(FloatingPointError, match=r"loss of epoch 1 is (nan|inf) in step 2"):
        train(network, SPINS, LABELS, schedule, generator(), augment=spoiled, checkpoint=file)
    with np.load(file) as kept:  # the epoch before, whose weights are sound
        assert len(kept["curve/loss"]) == 1
        assert [name for name in kept if name.startswith("weight/")] == ["weight/network/weight", "weight/network/bias"]
        for name, value in weights(network).items():
            assert np.isfinite(value).all()
            np.testing.assert_array_equal(value, kept[f"weight/network/{name}"])


def test_fit_hands_the_schedule_and_its_seed_on(monkeypatch):
    spy, schedule = Spy(monkeypatch), Schedule(3, "adam", 0.2, "cosine", batch=BATCH)
    losses = energy_networks.fit(line(), SPINS, LABELS, schedule, seed=3)
    scaled, _ = energy_networks.fit_values(line(), SPINS, LABELS, schedule, seed=3)
    assert len(losses) == 3
    assert scaled.mean == pytest.approx(LABELS.mean())
    expected = np.repeat([schedule.rate_at(epoch) for epoch in range(3)], 5)
    np.testing.assert_allclose(spy.rates, np.tile(expected, 2))
    # The first weights of both are those of the seed.
    for one, other in zip(spy.before[0], spy.before[15], strict=True):
        assert torch.equal(one, other)
