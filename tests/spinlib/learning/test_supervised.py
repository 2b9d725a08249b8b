import numpy as np
import pytest
import torch

from spinlib.learning import supervised
from spinlib.learning.supervised import Schedule, load_weights, predict, train, weights
from spinlib.models import Ising
from spinlib.networks.initialization import initialize
from spinlib.networks.local_energy import LocalEnergy

SPINS = np.random.default_rng(1).choice(np.array([-1, 1], np.int8), (400, 4, 4))
ENERGIES = Ising((4, 4)).energy(SPINS)
SCHEDULE = Schedule(6, "adam", 1e-2, "cosine", batch=50, bfloat16=False)


def generator(seed=1):
    return torch.Generator().manual_seed(seed)


def new_network():
    return initialize(LocalEnergy(), generator(7))


def classifier():
    return initialize(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(16, 2)), generator(7))


@pytest.mark.parametrize("optimizer", ["adam", "adadelta"])
@pytest.mark.parametrize("bfloat16", [False, True])
def test_regression_learns(optimizer, bfloat16):
    network = new_network()
    rate = 1e-2 if optimizer == "adam" else 1.0
    losses = train(network, SPINS, ENERGIES, Schedule(60, optimizer, rate, batch=50, bfloat16=bfloat16), generator())
    assert losses.shape == (60,)
    assert losses[-1] < 0.1 * ENERGIES.var()
    assert np.mean((predict(network, SPINS) - ENERGIES) ** 2) < 0.1 * ENERGIES.var()


def test_classification_learns_the_sign_of_the_magnetization():
    spins = SPINS[SPINS.sum(axis=(1, 2)) != 0]
    labels = (spins.sum(axis=(1, 2)) > 0).astype(int)
    network = classifier()
    train(network, spins.astype(np.float32), labels, Schedule(200, "adam", 1e-2, batch=100), generator())
    assert np.mean(predict(network, spins.astype(np.float32)).argmax(axis=1) == labels) > 0.99


def test_same_seed_same_weights():
    networks = [new_network() for _ in range(3)]
    for network, seed in zip(networks, (1, 1, 2), strict=True):
        train(network, SPINS, ENERGIES, SCHEDULE, generator(seed))
    first, same, other = (weights(network)["features.weight"] for network in networks)
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("optimizer", ["adam", "adadelta"])
def test_an_interrupted_training_ends_as_an_uninterrupted_one(tmp_path, optimizer):
    schedule = Schedule(6, optimizer, 1e-2, "cosine", batch=50, bfloat16=False)
    whole = new_network()
    losses = train(whole, SPINS, ENERGIES, schedule, generator())

    class Killed(Exception):
        pass

    n_batches = 0

    def killed_in_the_fourth_epoch(batch, wanted, rng):
        nonlocal n_batches
        n_batches += 1
        if n_batches == 27:
            raise Killed
        return batch, wanted

    file = tmp_path / "half.npz"
    with pytest.raises(Killed):
        train(
            new_network(), SPINS, ENERGIES, schedule, generator(), checkpoint=file, augment=killed_in_the_fourth_epoch
        )
    resumed = new_network()
    assert np.array_equal(train(resumed, SPINS, ENERGIES, schedule, generator(99), checkpoint=file), losses)
    for name, value in weights(whole).items():
        assert np.array_equal(value, weights(resumed)[name]), name
    assert [path.name for path in tmp_path.iterdir()] == ["half.npz"]
    with pytest.raises(ValueError, match="another network, schedule or set of examples"):
        train(new_network(), SPINS[:7], ENERGIES[:7], schedule, generator(), checkpoint=file)


def test_a_plateau_ends_the_training():
    schedule = Schedule(500, "adam", 1e-9, patience=3, bfloat16=False)
    assert len(train(new_network(), SPINS, ENERGIES, schedule, generator())) == 4


def test_weights_make_the_same_network():
    network = new_network()
    train(network, SPINS, ENERGIES, SCHEDULE, generator())
    again = load_weights(LocalEnergy(), weights(network))
    assert np.array_equal(predict(network, SPINS), predict(again, SPINS))
    np.testing.assert_allclose(predict(network, SPINS), predict(again, SPINS, batch=33), atol=1e-4)
    with pytest.raises(RuntimeError, match="size mismatch"):
        load_weights(LocalEnergy(hidden=3), weights(network))


def test_weights_are_found_behind_their_prefix():
    first, second = (initialize(LocalEnergy(hidden=3), torch.Generator().manual_seed(k)) for k in (1, 2))
    both = {**weights(first, "first."), **weights(second, "second."), "median": np.array(1.0)}
    again = load_weights(LocalEnergy(hidden=3), both, "second.")
    np.testing.assert_array_equal(predict(again, SPINS), predict(second, SPINS))
    with pytest.raises(RuntimeError, match="features"):
        load_weights(LocalEnergy(hidden=3), both, "third.")


def test_bfloat16_is_the_default_only_where_the_processor_has_it(monkeypatch):
    losses = {}
    for default in (True, False):
        monkeypatch.setattr(supervised, "has_bfloat16", lambda device, default=default: default)
        for asked in (None, default):
            network = initialize(LocalEnergy(), torch.Generator().manual_seed(1))
            schedule = Schedule(1, "adam", 1e-3, bfloat16=asked)
            labels = np.arange(len(SPINS), dtype=float)
            losses[default, asked] = train(network, SPINS, labels, schedule, torch.Generator().manual_seed(2))[0]
    assert losses[True, None] == losses[True, True]
    assert losses[False, None] == losses[False, False]
    assert losses[True, None] != losses[False, None]


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="400 configurations and 399 labels"):
        train(new_network(), SPINS, ENERGIES[1:], SCHEDULE, generator())
    with pytest.raises(ValueError, match="not 0"):
        train(new_network(), SPINS[:0], ENERGIES[:0], SCHEDULE, generator())
    with pytest.raises(FloatingPointError, match="loss of epoch"):
        train(new_network(), SPINS, ENERGIES, Schedule(50, "adadelta", 1e30, bfloat16=False), generator())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"epochs": 0}, "epochs 0"),
        ({"rate": -1.0}, "rate -1.0"),
        ({"batch": 0}, "batch 0"),
        ({"optimizer": "sgd"}, "optimizer 'sgd'"),
        ({"decay": "step"}, "decay 'step'"),
        ({"patience": 0}, "patience 0"),
    ],
)
def test_schedules_are_checked(change, message):
    with pytest.raises(ValueError, match=message):
        Schedule(**({"epochs": 3} | change))
